/** What a step configures and an engine cannot give: known from the settings, so refused before anything runs. */
import { isSecretText, showText } from '../base/secret-text.ts'
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

const onePlatform = 'kaniko builds for one platform at a time'
const openLabels = 'kaniko takes labels as arguments, which every process of the machine can read'

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
    const because = key === 'buildxOptions' || key === 'buildxOptionsSemicolon' ? inOptions(key) : (kanikoLacks[key] ?? gapInValue(settings, key))
    return because === undefined ? [] : [{ origin, because }]
  })
}

/** What kaniko has, and this much of it not. */
function gapInValue({ platforms, customLabels }: ImageSettings, key: SettingKey): string | undefined {
  if (key === 'platforms') return platforms?.value.kind === 'known' && platforms.value.value.length > 1 ? onePlatform : undefined
  if (key !== 'customLabels' || customLabels?.value.kind !== 'known') return undefined
  return customLabels.value.value.some(({ value }) => isSecretText(value)) ? openLabels : undefined
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
    if (lists.ssh !== undefined) return noSsh
    return (lists.platform ?? []).flatMap((text) => showText(text).split(',')).length > 1 ? onePlatform : undefined
  }
}
