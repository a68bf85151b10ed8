/** The executor of the engine kaniko: how it is started for a job, and whether it can be where the job runs. */
import { diagnose } from '../base/diagnostic.ts'
import { known, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'
import type { JobPlan } from '../image-job/image-job.ts'
import { executorCommand } from '../image-job/kaniko/executor-command.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import type { Engine, Family } from '../settings/vocabulary.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { ContainerWishes } from './image-container.ts'
import type { ImageWork } from './image-work.ts'

export interface ExecutorPlace {
  /** The infrastructure that the step runs on. */
  readonly on: 'local' | 'docker' | 'kubernetes' | 'fake'
  /** Something is about to run: what cannot be is an error then, a warning before. */
  readonly runs: boolean
  /** In place of the usual one. */
  readonly image?: string
}

/** Of its last release; nobody makes new ones. */
const usualImage = 'gcr.io/kaniko-project/executor:v1.24.0'

export interface ExecutorNeeds {
  readonly engine: Engine | undefined
  readonly family: Family
  readonly place: ExecutorPlace
  readonly connectors: boolean
  readonly variable: (name: string) => Planned<Text> | undefined
  readonly workspace?: string
  /** What the step says of its container. */
  readonly container?: ContainerWishes
  readonly at?: Span
  readonly report: Report
}

export function executorOf(plan: JobPlan, settings: ImageSettings, o: ExecutorNeeds): Pick<ImageWork, 'executor'> {
  if (o.engine !== 'kaniko' || plan.kind !== 'job') return {}
  const { family, connectors, variable, workspace = '/harness', place } = o
  const executor = executorCommand(settings, plan.job, { family, workspace, connectors, variable })
  if (executor === undefined) return {}
  if (place.on !== 'kubernetes' && place.on !== 'fake')
    o.report(diagnose('ENGINE_OUTSIDE_KUBERNETES', { on: place.on }, { at: o.at, severity: place.runs ? 'error' : 'warning' }))
  if (place.on === 'kubernetes' && o.container?.memory === undefined) o.report(diagnose('KANIKO_LITTLE_MEMORY', {}, { at: o.at }))
  return { executor: { ...executor, container: { ...o.container, reference: known(place.image ?? usualImage) } } }
}
