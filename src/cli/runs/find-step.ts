/** The step that people mean: by its path, or by the end of it where only one step ends so. */
import { problem } from '../../base/problem.ts'
import type { RunView } from '../../events/run-view.ts'
import { didYouMean } from '../../text/suggest.ts'

export function findStep(name: string, view: RunView): string {
  const paths: readonly string[] = [...view.steps.keys()]
  if (paths.includes(name)) return name
  const ending = paths.filter((path) => path.endsWith(`/${name}`))
  const [only] = ending
  if (only !== undefined && ending.length === 1) return only
  const hint = ending.length > 1 ? `it could be any of: ${ending.join(', ')}` : (didYouMean(name, words(paths)) ?? `steps: ${paths.join(', ') || 'none yet'}`)
  throw problem('RUN_STEP_UNKNOWN', { step: name }, { hint })
}

function words(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => [path, path.split('/').at(-1) ?? path])
}
