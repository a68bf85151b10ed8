/** The archives that image steps of a stage write right now: two steps at once must not write one file. */
import { problem } from '../base/problem.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown } from './reveal.ts'

/** By path, as steps spell it: the step that writes there. */
export type ClaimedFiles = Map<string, string>

/**
 * A plan refuses this where it knows the paths. What is known only now is refused here, whichever of the steps comes second: else the file would
 * hold the image of one of them, and nobody could say which. Answers how to give the files back.
 */
export function claimFiles({ outputs }: ImageJob, { state, step }: WorkAt<ImageWork>): () => void {
  const { claimed } = state
  const paths = [...new Set(outputs.flatMap((output) => (output.kind === 'archive' ? [nowKnown(output.path)] : [])))]
  for (const path of paths) {
    const other = claimed.get(path)
    if (other !== undefined) throw problem('ARCHIVE_CLAIMED', { path, step: other }, { at: step.at })
  }
  for (const path of paths) claimed.set(path, step.path)
  return () => {
    for (const path of paths) claimed.delete(path)
  }
}
