/** A Plugin step that names an image plugin of the original: Slipway does that plugin's work itself, and no container is started. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { StepOf } from '../pipeline/step.ts'
import { familyName, familyOfImage } from '../settings/family-names.ts'
import { mergeEnv } from '../settings/merge.ts'
import type { Env } from '../settings/read-env.ts'
import { ofScope } from './build-variables.ts'
import { envFileOf, settingsOfFile, tagsFileOf, variableOfFile } from './env-file.ts'
import { scopeVariables } from './image-fields.ts'
import type { ImageWork } from './image-work.ts'
import { planImagePlugin } from './plan-image-plugin.ts'
import type { ImageSurroundings } from './plan-image-work.ts'
import type { PluginEnv } from './plan-plugin-work.ts'

/** In the configuration's `flags`: such steps run their image after all. */
export const runPluginImages = 'SLIPWAY_RUN_PLUGIN_IMAGES'

const workspace = '/harness'

/** undefined: the image is none of them, or is to be run. */
export function planPluginDirectly(
  { at }: StepOf<'Plugin'>,
  image: string,
  envOf: PluginEnv,
  s: ImageSurroundings,
): { readonly work: ImageWork; readonly does: string } | undefined {
  const family = familyOfImage(image)
  if (family === undefined || s.flags[runPluginImages] === true) return undefined
  s.report(diagnose('PLUGIN_RUN_DIRECTLY', { image, plugin: familyName(family), flag: runPluginImages }, { at }))
  const own = envOf()
  // What steers a step on infrastructure fake is nothing to the plugin.
  const settings = Object.entries(own).filter(([name]) => !name.startsWith('PLUGIN_FAKE_'))
  const env: Env = new Map(settings.map(([name, value]) => [name, { value, origin: { kind: 'step-env', name, at } }]))
  const { stage, pipeline } = s.variables
  const merged = mergeEnv(env, scopeVariables('stage-variable', stage, s), scopeVariables('pipeline-variable', pipeline, s))
  for (const d of merged.diagnostics) s.report(d)
  const reading = { workspace, files: s.files, report: (d: Diagnostic) => s.report({ ...d, at: d.at ?? at }) }
  const file = envFileOf(merged.value.get('PLUGIN_ENV_FILE'), reading)
  const all = mergeEnv(merged.value, settingsOfFile(file, family))
  for (const d of all.diagnostics) s.report(d)
  const tags = file.kind === 'waits' ? { asks: [] } : tagsFileOf(all.value, family, reading)
  const asks = [...(file.kind === 'waits' ? file.asks : []), ...tags.asks]
  const planned = planImagePlugin(tags.entry === undefined ? all.value : new Map([...all.value, ['PLUGIN_TAGS', tags.entry]]), {
    ...s.git,
    family,
    because: `the image ${image}`,
    at,
    workspace,
    images: s.images,
    place: s.place,
    ...(s.engine !== undefined && { engine: s.engine }),
    variable: (name) => own[name] ?? ofScope(name, stage, s) ?? ofScope(name, pipeline, s) ?? variableOfFile(file, name),
    report: s.report,
    ...(file.kind === 'waits' && { waits: file.until }),
    foundRegistry: s.foundRegistry,
  })
  return asks.length === 0 ? planned : { ...planned, work: { ...planned.work, asks } }
}
