/** Tells a build's story as numbered steps: each begins, may speak, and ends once. */
import type { BuildEvent, BuildStepState } from '../events/build-event.ts'
import type { Progress } from '../events/run-event.ts'

export interface Told {
  log(text: string): void
  progress(progress: Progress): void
  /** What is said later is not heard. */
  end(state: Exclude<BuildStepState, 'aborted'>, error?: unknown): void
}

export type Begin = (title: string) => Told

export interface Storyteller {
  readonly begin: Begin
  /** For a build that has failed: what waited for something that will not come ends too. */
  readonly endAll: () => void
}

export function storyteller(emit: (event: BuildEvent) => void, signal: AbortSignal): Storyteller {
  let count = 0
  const open = new Set<Told>()
  const begin: Begin = (title) => {
    count += 1
    const step = count
    let over = false
    emit({ kind: 'step', step, title })
    const tell = (event: BuildEvent): void => {
      if (!over) emit(event)
    }
    const told: Told = {
      log: (text) => tell({ kind: 'log', text, step }),
      progress: (progress) => tell({ kind: 'progress', progress, step }),
      end(state, error) {
        const [reason] = error instanceof Error ? error.message.split('\n') : []
        if (state === 'failed' && signal.aborted) tell({ kind: 'end', step, state: 'aborted' })
        else tell({ kind: 'end', step, state, ...(reason !== undefined && { reason }) })
        over = true
        open.delete(told)
      },
    }
    open.add(told)
    return told
  }
  const endAll = (): void => {
    for (const told of open) told.end('failed')
  }
  return { begin, endAll }
}

/** The step ends with the work: as done when the work did not say otherwise, as failed when it throws. */
export async function during<T>(told: Told, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    told.end('done')
    return result
  } catch (error) {
    told.end('failed', error)
    throw error
  }
}
