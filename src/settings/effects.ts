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
  const advised = row.effect.kind === 'none' && row.effect.advised === true
  const expected = advised || toolsOf(row).includes(family.tool) || origin.kind === 'yaml'
  const severity = expected ? 'info' : 'warning'
  const what = showOrigin(origin)
  const nothing = whyNothing(key, row, { family, engine })
  if (nothing !== undefined) return [diagnose('SETTINGS_NO_EFFECT', { what, ...nothing }, { at: origin.at, severity })]
  const borrowed = isPluginName(origin.name) && origin.kind !== 'yaml' && row.env.some((n) => n.name === origin.name && n.tools.length > 0)
  if (!borrowed || lookupFor(family).native.has(origin.name)) return []
  return [diagnose('SETTINGS_BEYOND_ORIGINAL', { name: origin.name, tool: family.tool, variant: family.variant }, { at: origin.at })]
}

/** `with`: what it has no effect with, where something else would make one. */
function whyNothing(key: SettingKey, row: Row, { family, engine }: EffectContext): { readonly with: string; readonly because: string } | undefined {
  if (!row.variants.includes(family.variant)) return { with: '', because: `the registry type ${family.variant} has no use for it` }
  const { effect } = row
  if (effect.kind === 'none') return { with: '', because: effect.because }
  const unless = row.unless[engine]
  if (unless !== undefined) return { with: ` with the engine ${engine}`, because: unless }
  if (effect.kind === 'honoured' || effect.engine === engine) return undefined
  const tooled = key === 'snapshotMode' && family.tool !== 'kaniko'
  return { with: tooled ? ` with the tool ${family.tool}` : ` with the engine ${engine}`, because: effect.because }
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
