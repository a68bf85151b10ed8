/** The steps of a workspace that have begun and not ended, so that an abort reaches one of them and the end of the stage all of them. */
import type { RunningStep, StepEnd } from '../../ports/infrastructure.ts'

export interface StartedStep {
  readonly output: RunningStep['output']
  readonly end: Promise<StepEnd>
  /** Politely, and for good after `graceMs`. Safe to call at any time. */
  stop(graceMs: number): void
}

export interface RunningSteps {
  watch(step: StartedStep, o: { readonly graceMs: number; readonly signal: AbortSignal }): RunningStep
  /** For good, at once, and whatever is begun after this too. Not waited for. */
  stopAll(): void
  ended(): Promise<void>
}

export function runningSteps(): RunningSteps {
  const running = new Map<StartedStep, Promise<unknown>>()
  let stopped = false
  return {
    watch(step, { graceMs, signal }) {
      const onAbort = (): void => step.stop(graceMs)
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
      if (stopped) step.stop(0)
      const end = step.end.finally(() => {
        signal.removeEventListener('abort', onAbort)
        running.delete(step)
      })
      // Whoever reads the output first learns of a failure later.
      running.set(
        step,
        end.catch(() => undefined),
      )
      return { output: step.output, end }
    },
    stopAll() {
      stopped = true
      for (const step of running.keys()) step.stop(0)
    },
    ended: async () => void (await Promise.all(running.values())),
  }
}
