/** The one table of image settings. Readers, writer, documentation, schema and masking are all made from it. */
import type { SettingTable, ValuesOf } from './row.ts'
import { authSettings } from './tables/auth.ts'
import { cloudAuthSettings } from './tables/auth-cloud.ts'
import { buildSettings } from './tables/build.ts'
import { builderSettings } from './tables/builder.ts'
import { cacheSettings } from './tables/cache.ts'
import { daemonSettings } from './tables/daemon.ts'
import { namingSettings } from './tables/naming.ts'
import { outputSettings } from './tables/output.ts'
import { sourceSettings } from './tables/source.ts'
import { targetSettings } from './tables/target.ts'
import { transportSettings } from './tables/transport.ts'

export const topics = {
  target: targetSettings,
  source: sourceSettings,
  naming: namingSettings,
  output: outputSettings,
  transport: transportSettings,
  cache: cacheSettings,
  build: buildSettings,
  builder: builderSettings,
  daemon: daemonSettings,
  auth: authSettings,
  cloud: cloudAuthSettings,
} as const satisfies Record<string, SettingTable>

export const imageSettings = {
  ...targetSettings,
  ...sourceSettings,
  ...namingSettings,
  ...outputSettings,
  ...transportSettings,
  ...cacheSettings,
  ...buildSettings,
  ...builderSettings,
  ...daemonSettings,
  ...authSettings,
  ...cloudAuthSettings,
} satisfies SettingTable

export type SettingKey = keyof typeof imageSettings
export type ImageSettings = ValuesOf<typeof imageSettings>

/** The table as the generic code walks it. */
export const rows: SettingTable = imageSettings
export const settingKeys = Object.keys(imageSettings) as readonly SettingKey[]
