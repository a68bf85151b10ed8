/** The services of a stage: they outlive their steps and are ended, politely, when the stage's steps are done. */
import { diagnose } from '../base/diagnostic.ts'
import type { StepExit } from '../events/outcome.ts'
import { stepPath } from '../events/step-path.ts'
import type { StagePlan, StepPlan } from '../plan/plan.ts'
import type { RunningStep } from '../ports/infrastructure.ts'
import { exitText } from './exit-outcome.ts'
import type { RunContext } from './parts.ts'

export interface Service {
  /** Its process has ended, by itself or not. Rejects when nobody can tell how. */
  readonly ended: Promise<StepExit>
  /** From now on its end is told in the log of the stage. */
  watch(): void
  /** Never rejects. */
  end(): Promise<void>
}

export interface StageServices {
  /** `start` gets the signal that ends the service, `pump` reads its output to the end. */
  add(step: StepPlan, start: (signal: AbortSignal) => Promise<RunningStep>, pump: (running: RunningStep) => Promise<void>): Promise<Service>
  /** Ends all that still run. Never rejects: what goes wrong is said by a note. */
  end(): Promise<void>
}

export function stageServices(stage: StagePlan, context: RunContext): StageServices {
  const services = new Set<Service>()
  const note = (code: 'SERVICE_ENDED' | 'SERVICE_END_FAILED', step: StepPlan, word: string) => {
    const values = code === 'SERVICE_ENDED' ? { service: step.path, exit: word } : { service: step.path, reason: word }
    return context.emit({ kind: 'stage.note', stage: stepPath(stage.path), note: diagnose(code, values as never, { at: step.at }) })
  }
  return {
    async add(step, start, pump) {
      const stop = new AbortController()
      const running = await start(stop.signal)
      const pumped = pump(running)
      const ended = running.end.then(({ exit }) => exit)
      for (const promise of [pumped, ended]) promise.catch(() => undefined)
      const service: Service = {
        ended,
        watch() {
          void ended.then(
            (exit) => (stop.signal.aborted ? undefined : note('SERVICE_ENDED', step, exitText(exit))),
            (error: unknown) => note('SERVICE_END_FAILED', step, reasonOf(error)),
          )
        },
        async end() {
          services.delete(service)
          stop.abort(new Error('the service is ended'))
          const [, end] = await Promise.allSettled([pumped, ended])
          if (end.status === 'rejected') await note('SERVICE_END_FAILED', step, reasonOf(end.reason))
        },
      }
      services.add(service)
      return service
    },
    async end() {
      await Promise.all([...services].map((service) => service.end()))
    },
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
