/** Step type to work, as a table. */
import type { Resolving } from '../dynamic/resolve.ts'
import type { Step } from '../pipeline/step.ts'
import { planImageWork } from '../steps/plan-image-work.ts'
import { planRunWork } from '../steps/plan-run-work.ts'
import type { Work } from '../steps/work.ts'
import type { StepSite } from './site.ts'

export interface PlannedWork {
  readonly work: Work
  readonly does: string
}

const later = 'this version reads it, and does not run it yet'

export function planWork(site: StepSite, o: Resolving): PlannedWork {
  const { step } = site
  switch (step.type) {
    case 'Run':
      return planRunWork(step.spec, o)
    case 'BuildAndPushDockerRegistry':
    case 'BuildAndPushECR':
    case 'BuildAndPushGAR':
    case 'BuildAndPushGCR':
    case 'BuildAndPushACR':
      return planImageWork(step, { ...o, stage: site.stage, pipeline: site.pipeline, facts: site.facts })
    default:
      return unsupported(step)
  }
}

function unsupported(step: Step): PlannedWork {
  return { work: { kind: 'unsupported', because: later }, does: `${step.type}: not run in this version` }
}
