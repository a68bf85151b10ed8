/** What a step configures and an engine cannot give: known from the settings, so refused before anything runs. */
import { entriesOf } from '../settings/collect.ts'
import type { ImageSettings, SettingKey } from '../settings/image-settings.ts'
import type { Origin } from '../settings/setting.ts'
import type { Engine } from '../settings/vocabulary.ts'
import { buildxOptionsOf } from './buildx-options/read.ts'
import { saysNothing } from './image-needs.ts'
import { knobs } from './knobs.ts'

export interface EngineGap {
  readonly origin: Origin
  readonly because: string
}

const noSecrets = 'kaniko has no RUN --mount=type=secret'
const noSsh = 'kaniko has no RUN --mount=type=ssh'

const kanikoLacks: { readonly [K in SettingKey]?: string } = {
  secret: noSecrets,
  secretsFromEnv: noSecrets,
  secretsFromFile: noSecrets,
  sshAgentKey: noSsh,
  sshKeys: noSsh,
}

/** What is not known yet may come to nothing, and is looked at again when it is known. */
export function engineGaps(settings: ImageSettings, engine: Engine): readonly EngineGap[] {
  if (engine !== 'kaniko' || mayBuildNothing(settings)) return []
  const inOptions = optionGap(settings)
  return entriesOf(settings).flatMap(([key, { origin, value }]) => {
    if (value.kind === 'deferred' || saysNothing(value.value)) return []
    const because = key === 'buildxOptions' || key === 'buildxOptionsSemicolon' ? inOptions(key) : kanikoLacks[key]
    return because === undefined ? [] : [{ origin, because }]
  })
}

function mayBuildNothing({ pushOnly }: ImageSettings): boolean {
  return pushOnly !== undefined && (pushOnly.value.kind === 'deferred' || pushOnly.value.value)
}

/** `--secret` and `--ssh` among the raw options of buildx. */
function optionGap(settings: ImageSettings): (key: 'buildxOptions' | 'buildxOptionsSemicolon') => string | undefined {
  return (key) => {
    const setting = settings[key]
    const { lists } = buildxOptionsOf(knobs(setting === undefined ? {} : { [key]: setting }, { tool: 'buildx', variant: 'docker' }))
    if (lists.secret !== undefined) return noSecrets
    return lists.ssh === undefined ? undefined : noSsh
  }
}
