/** What each kind of work means to do. A table: a kind of work without a worker does not compile. */
import { problem } from '../base/problem.ts'
import type { Outcome } from '../events/outcome.ts'
import type { OutputVariable } from '../events/run-event.ts'
import type { StepPlan } from '../plan/plan.ts'
import type { Work } from '../steps/work.ts'
import { actOut } from './act-out.ts'
import { cloneWork } from './clone-work.ts'
import { imageWork } from './image-work.ts'
import type { RunContext } from './parts.ts'
import type { StageState } from './run-nodes.ts'
import { runWork } from './run-work.ts'
import { scanWork } from './scan/scan-work.ts'
import { serviceWork } from './service-work.ts'
import { restoreWork } from './step-cache/restore-work.ts'
import { saveWork } from './step-cache/save-work.ts'

export interface WorkDone {
  readonly outcome: Outcome
  readonly outputs: readonly OutputVariable[]
  /** Variables that later steps of the stage find in their environment, beside outputs. */
  readonly exports?: ReadonlyMap<string, string>
}

export interface WorkAt<W> {
  readonly work: W
  readonly step: StepPlan
  readonly state: StageState
  readonly context: RunContext
}

type Workers = { readonly [K in Work['kind']]: (at: WorkAt<Extract<Work, { kind: K }>>) => Promise<WorkDone> }

const workers: Workers = {
  run: runWork,
  service: serviceWork,
  clone: cloneWork,
  image: imageWork,
  scan: scanWork,
  'save-cache': saveWork,
  'restore-cache': restoreWork,
  unsupported: async ({ work, step }) => {
    throw problem('STEP_NOT_SUPPORTED', { type: step.type, because: work.because }, { at: step.at })
  },
}

export async function doWork(step: StepPlan, state: StageState, context: RunContext): Promise<WorkDone> {
  const worker = workers[step.work.kind] as (at: WorkAt<Work>) => Promise<WorkDone>
  const at = { work: step.work, step, state, context }
  // Everything but processes of the infrastructure is done here.
  if (step.work.kind !== 'run' && step.work.kind !== 'service') await state.workspace.bringHere?.({ signal: context.signal })
  return state.stage.infrastructure.on === 'fake' ? actOut(at, worker) : worker(at)
}
