/** What a step's settings ask of a tool: features only Buildx has, and flags only kaniko's plugin has. */
import { entriesOf } from '../settings/collect.ts'
import { type ImageSettings, rows, type SettingKey } from '../settings/image-settings.ts'
import { toolsOf } from '../settings/row.ts'
import { type Origin, showOrigin } from '../settings/setting.ts'
import type { Tool } from '../settings/vocabulary.ts'

export interface Need {
  readonly tool: Tool
  /** As messages name it: `field caching`. */
  readonly what: string
  readonly origin?: Origin
}

/** Any `PLUGIN_BUILDX_`, `PLUGIN_BUILDER_`, `PLUGIN_BUILDKIT_` or bake setting, and these. */
// biome-ignore format: a list of words
const buildxKeys: ReadonlySet<SettingKey> = new Set([
  'caching', 'cacheTo', 'secretsFromEnv', 'secretsFromFile', 'secret', 'sshKeys', 'buildxOptions', 'buildxOptionsSemicolon', 'load', 'outputFormat',
  'bakeFile', 'builderName', 'builderConfig', 'builderDriver', 'builderDriverOpts', 'builderDriverOptsNew', 'builderRemoteConn',
])

export function needsOf(settings: ImageSettings, mounts: readonly ('ssh' | 'secret')[] = []): readonly Need[] {
  const fromSettings = entriesOf(settings).flatMap(([key, { origin, value }]): readonly Need[] => {
    if (value.kind === 'known' && saysNothing(value.value)) return []
    const tool = toolFor(key, origin, settings)
    return tool === undefined ? [] : [{ tool, what: showOrigin(origin), origin }]
  })
  return [...fromSettings, ...mounts.map((type): Need => ({ tool: 'buildx', what: `RUN --mount=type=${type}` }))]
}

function toolFor(key: SettingKey, origin: Origin, settings: ImageSettings): Tool | undefined {
  if (buildxKeys.has(key)) return 'buildx'
  if (key === 'platforms') return severalPlatforms(settings) ? 'buildx' : undefined
  // Fields belong to the step and work with every tool; only variables are one plugin's words.
  const row = rows[key]
  if (origin.kind === 'yaml' || row === undefined || !origin.name.startsWith('PLUGIN_')) return undefined
  const [only, ...others] = toolsOf(row)
  return only === 'kaniko' && others.length === 0 ? 'kaniko' : undefined
}

function severalPlatforms(settings: ImageSettings): boolean {
  const value = settings.platforms?.value
  return value?.kind === 'known' && value.value.length > 1
}

export function saysNothing(value: unknown): boolean {
  return value === false || value === '' || (Array.isArray(value) && value.length === 0)
}
