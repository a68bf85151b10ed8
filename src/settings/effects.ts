/** What to tell about settings that do nothing here, or that the original would not have read. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { entriesOf } from './collect.ts'
import { isPluginName } from './env-name.ts'
import { type ImageSettings, rows, type SettingKey } from './image-settings.ts'
import { lookupFor } from './lookup.ts'
import { type Row, toolsOf } from './row.ts'
import { type Origin, showOrigin } from './setting.ts'
import type { Engine, Family } from './vocabulary.ts'

export interface EffectContext {
  readonly family: Family
  readonly engine: Engine
}

/** Called when the engine is known. Following the original's documents is worth a remark, not a warning. */
export function effectNotes(settings: ImageSettings, context: EffectContext): readonly Diagnostic[] {
  return entriesOf(settings).flatMap(([key, { origin }]) => {
    const row = rows[key]
    return row === undefined ? [] : noteOn(key, row, origin, context)
  })
}

function noteOn(key: SettingKey, row: Row, origin: Origin, { family, engine }: EffectContext): readonly Diagnostic[] {
  const expected = toolsOf(row).includes(family.tool) || origin.kind === 'yaml'
  const severity = expected ? 'info' : 'warning'
  const what = showOrigin(origin)
  const because = whyNothing(key, row, { family, engine })
  if (because !== undefined) return [diagnose('SETTINGS_NO_EFFECT', { what, because }, { at: origin.at, severity })]
  const borrowed = isPluginName(origin.name) && origin.kind !== 'yaml' && row.env.some((n) => n.name === origin.name && n.tools.length > 0)
  if (!borrowed || lookupFor(family).native.has(origin.name)) return []
  return [diagnose('SETTINGS_BEYOND_ORIGINAL', { name: origin.name, tool: family.tool, variant: family.variant }, { at: origin.at })]
}

function whyNothing(key: SettingKey, row: Row, { family, engine }: EffectContext): string | undefined {
  if (!row.variants.includes(family.variant)) return `the registry type ${family.variant} has no use for it`
  if (key === 'snapshotMode' && family.tool !== 'kaniko' && engine !== 'kaniko') return `no effect with ${family.tool}`
  const { effect } = row
  if (effect.kind === 'none') return effect.because
  if (effect.kind === 'honoured' || effect.engine === engine) return undefined
  return `no effect with engine ${engine}: ${effect.because}`
}

/** The settings that only one engine can serve: what they ask for, by key. */
export function engineNeeds(
  settings: ImageSettings,
): readonly { readonly key: SettingKey; readonly origin: Origin; readonly engine: Engine; readonly because: string }[] {
  return entriesOf(settings).flatMap(([key, { origin }]) => {
    const effect = rows[key]?.effect
    return effect?.kind === 'engine' ? [{ key, origin, engine: effect.engine, because: effect.because }] : []
  })
}
