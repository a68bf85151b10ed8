/** A step in an image as a process tree: pulled, started, and ended by the one who carries out such steps. */

import type { Diagnostic } from '../../../../base/diagnostic.ts'
import { problem } from '../../../../base/problem.ts'
import type { StepExit } from '../../../../events/outcome.ts'
import { mergeOutput } from '../merge-output.ts'
import type { ProcessTree } from '../process-tree.ts'
import type { Pipes } from '../room/pipes.ts'
import { exitOfStatus } from '../room/start-in-room.ts'
import type { ImageEnd, ImageJob, ImageSteps } from './image-job.ts'

export interface InImage {
  readonly job: Omit<ImageJob, 'output'>
  /** What is to be said when the image has none of the programs. */
  readonly missing: () => Error
  readonly pipes: Pipes
  readonly steps: ImageSteps
  readonly note: (note: Diagnostic) => void
}

export async function startInImage({ job, missing, pipes, steps, note }: InImage): Promise<ProcessTree> {
  const [out, err] = [await pipes.open({ once: true }), await pipes.open({ once: true })]
  const [hard, polite] = [new AbortController(), new AbortController()]
  let killer: NodeJS.Timeout | undefined
  let over = false
  const run = async (): Promise<StepExit> => {
    try {
      const end = await steps.run({ ...job, output: { out: out.path, err: err.path } }, { signal: hard.signal, polite: polite.signal, note })
      return exitOf(end, job, missing)
    } catch (error) {
      if (hard.signal.aborted) return { kind: 'killed', signal: 'SIGKILL' }
      if (polite.signal.aborted) return { kind: 'killed', signal: 'SIGTERM' }
      throw error
    } finally {
      over = true
      clearTimeout(killer)
      out.closeInput()
      err.closeInput()
    }
  }
  const exit = run()
  return {
    output: mergeOutput(out.output, err.output),
    exit,
    end(graceMs) {
      if (over) return
      polite.abort()
      killer ??= setTimeout(() => hard.abort(), graceMs)
    },
  }
}

function exitOf(end: ImageEnd, { image, argvs }: InImage['job'], missing: () => Error): StepExit {
  if (end.kind === 'ended') return exitOfStatus(end.status)
  if (end.kind === 'missing') throw missing()
  if (!end.what.startsWith('execute ')) throw problem('STEP_IMAGE_FAILED', { image: image.reference, what: end.what, reason: end.error })
  const program = argvs.length === 0 ? 'what it starts' : end.what.slice('execute '.length)
  throw problem('STEP_START_FAILED', { program: `${program} in the image ${image.reference}`, reason: whyNot(end.error) })
}

function whyNot(error: string): string {
  if (error === 'ENOENT') return 'the image does not have it, or not what it needs to start'
  if (error === 'EACCES') return 'it may not be executed'
  return error === 'error 8' ? 'it is no program for this CPU' : error
}
