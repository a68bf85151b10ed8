/** A Plugin step: an image that is told what to do by variables PLUGIN_<SETTING>, as the original makes them of its settings. */
import { mapPlanned, type Planned } from '../base/planned.ts'
import { isSecretText, joinText, showText, type Text } from '../base/secret-text.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import { resolveList, resolveMap, resolveTree } from '../dynamic/resolve-many.ts'
import type { ExprValue } from '../expr/value.ts'
import type { StepOf } from '../pipeline/step.ts'
import { imageToRun } from './image-to-run.ts'
import type { ImageWork } from './image-work.ts'
import { plannedReports } from './planned-reports.ts'
import type { RunWork, UnsupportedWork } from './work.ts'

type PluginSpec = StepOf<'Plugin'>['spec']
export type PluginEnv = () => Readonly<Record<string, Planned<Text>>>
type PlannedImage = { readonly work: ImageWork; readonly does: string }
type PlannedPlugin = { readonly work: RunWork | ImageWork | UnsupportedWork; readonly does: string }

const usesNothing = '`uses` takes plugins from a catalogue of Harness: name the image of the plugin with `image`'

/** `direct`: what a known image plugin does, without its image; undefined for every other image. */
export function planPluginWork(spec: PluginSpec, o: Resolving, direct: (image: string, env: PluginEnv) => PlannedImage | undefined): PlannedPlugin {
  const image = imageToRun(spec, o)
  if (spec.uses !== undefined || image === undefined) return { work: { kind: 'unsupported', because: usesNothing }, does: 'Plugin: not run here' }
  const name = spec.entrypoint === undefined && image.reference.kind === 'known' ? showText(image.reference.value) : undefined
  const known =
    name === undefined ? undefined : direct(name, () => ({ ...settingsOf(spec, o), ...(spec.envVariables !== undefined && resolveMap(spec.envVariables, o)) }))
  if (known !== undefined) return known
  const argv = spec.entrypoint === undefined ? undefined : resolveList(spec.entrypoint, o)
  const work: RunWork = {
    kind: 'run',
    start: { kind: 'program', ...(argv !== undefined && { argv }) },
    image,
    env: { ...settingsOf(spec, o), ...(spec.envVariables !== undefined && resolveMap(spec.envVariables, o)) },
    outputs: [],
    ...plannedReports(spec.reports, o),
  }
  const { reference } = image
  return { work, does: `runs the plugin ${reference.kind === 'known' ? showText(reference.value) : reference.source}` }
}

function settingsOf({ settings }: PluginSpec, o: Resolving): Readonly<Record<string, Planned<Text>>> {
  const env: Record<string, Planned<Text>> = {}
  for (const [key, tree] of settings ?? []) {
    const planned = resolveTree(tree, o)
    if (planned !== undefined) env[`PLUGIN_${key.replace(/[^A-Za-z0-9]/g, '_').toUpperCase()}`] = mapPlanned(planned, settingText)
  }
  return env
}

/** Lists of plain values are joined by commas; everything deeper is JSON. */
export function settingText(value: ExprValue): Text {
  if (Array.isArray(value) && value.every(isPlain)) return joined(value.map(plainText), ',')
  return isPlain(value) ? plainText(value) : jsonText(value)
}

function isPlain(value: ExprValue): boolean {
  return value === null || typeof value !== 'object' || isSecretText(value)
}

function plainText(value: ExprValue): Text {
  return isSecretText(value) ? value : value === null ? '' : String(value)
}

function jsonText(value: ExprValue): Text {
  // A secret stands in its quotes as it is: it is not known yet, so it cannot be escaped.
  if (isSecretText(value)) return joinText('"', value, '"')
  if (Array.isArray(value)) return joinText('[', joined(value.map(jsonText), ','), ']')
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => joinText(`${JSON.stringify(key)}:`, jsonText(member as ExprValue)))
  return joinText('{', joined(members, ','), '}')
}

function joined(texts: readonly Text[], between: string): Text {
  return joinText(...texts.flatMap((text, i) => (i === 0 ? [text] : [between, text])))
}
