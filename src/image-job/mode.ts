/** Build, push, or both: and the combinations that contradict themselves. Nothing is read or called to find out. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SettingKey } from '../settings/image-settings.ts'
import type { Mode } from './image-job.ts'
import type { Knobs } from './knobs.ts'

const buildOnlySettings = ['dockerfile', 'context', 'target', 'buildArgs', 'buildArgsNew'] as const satisfies readonly SettingKey[]

/** Undefined when a deciding value is not known yet: the knobs' waits say which. */
export function modeOf(k: Knobs): Mode | undefined {
  const before = k.waits.length
  const noPush = k.on('noPush')
  const pushOnly = k.on('pushOnly')
  if (k.waits.length > before) return undefined
  k.diagnostics.push(...contradictions(k, noPush, pushOnly))
  if (pushOnly) return 'push-only'
  return noPush ? 'build-only' : 'build-and-push'
}

/** A plain contradiction is an error even where the original picks one silently. */
function contradictions(k: Knobs, noPush: boolean, pushOnly: boolean): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  if (noPush && pushOnly)
    found.push(diagnose('JOB_NO_PUSH_AND_PUSH_ONLY', { noPush: k.name('noPush'), pushOnly: k.name('pushOnly') }, { at: k.at('pushOnly') }))
  if (pushOnly && k.given('bakeFile')) found.push(diagnose('JOB_BAKE_AND_PUSH_ONLY', { bake: k.name('bakeFile') }, { at: k.at('bakeFile') }))
  if (pushOnly) found.push(...misunderstood(k))
  if (!pushOnly)
    found.push(
      ...strayKeys(k, ['sourceTarPath', 'sourceImage']).map((key) => diagnose('JOB_SOURCE_WITHOUT_PUSH_ONLY', { source: k.name(key) }, { at: k.at(key) })),
    )
  return [...found, ...withoutRepo(k, noPush, pushOnly)]
}

/** An older page of the original gives PUSH_ONLY as the way to build without pushing. */
function misunderstood(k: Knobs): readonly Diagnostic[] {
  const build = buildOnlySettings.find((key) => k.given(key))
  if (build === undefined || k.given('sourceTarPath') || k.given('sourceImage')) return []
  return [diagnose('JOB_PUSH_ONLY_WITH_BUILD', { build: k.name(build), pushOnly: k.name('pushOnly') }, { at: k.at('pushOnly') })]
}

function withoutRepo(k: Knobs, noPush: boolean, pushOnly: boolean): readonly Diagnostic[] {
  if (k.given('repo') || (noPush && !pushOnly) || k.given('bakeFile')) return []
  return [diagnose('JOB_REPO_MISSING', { field: k.name('repo'), what: pushOnly ? 'A push-only step' : 'A step that pushes' }, { at: k.at('repo') })]
}

function strayKeys(k: Knobs, keys: readonly SettingKey[]): readonly SettingKey[] {
  return keys.filter((key) => k.given(key))
}
