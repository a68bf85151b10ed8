/** The plan of one step that needs no pipeline: its work is known already, but for what it asks just before it runs. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { Work } from '../steps/work.ts'
import type { Knowledge } from './knowledge.ts'
import type { Plan, StepPlan } from './plan.ts'
import type { Planner } from './planner.ts'

export interface LoneStep {
  readonly name: string
  readonly work: Work
  /** In a few words: what it does. */
  readonly does: string
  /** Of the machine, as pipelines name them. */
  readonly arch: string
  readonly at: Span
  /** The same with what was learned just before it runs. Throws a Problem when that makes no sense. */
  readonly again?: (knowledge: Knowledge) => PlannedAgain
}

export interface PlannedAgain {
  readonly work: Work
  readonly does: string
  readonly notes: readonly Diagnostic[]
}

export function planOfOne({ name, work, does, arch, at, again }: LoneStep): { readonly plan: Plan; readonly planner: Planner } {
  const path = `${name}/${name}`
  const step: StepPlan = { kind: 'step', path, identifier: name, name, type: 'Plugin', does, when: { status: 'Success' }, work, at }
  const infrastructure = { on: 'local', declared: 'none', os: 'Linux', arch } as const
  const stage = { kind: 'stage', path: name, identifier: name, name, when: { status: 'Success' }, infrastructure, variables: {}, steps: [step] } as const
  const plan: Plan = { version: 1, pipeline: { identifier: name, name, file: at.file }, stages: [stage] }
  const noLoops = (): never => {
    throw new Error('one step has no loops')
  }
  const planner: Planner = {
    plan: () => ({ ok: true, value: plan, diagnostics: [] }),
    step(_path, knowledge) {
      if (again === undefined || knowledge.foundRegistry === undefined) return { plan: step, notes: [] }
      const { notes, ...more } = again(knowledge)
      return { plan: { ...step, ...more }, notes }
    },
    stepLoop: noLoops,
    stageLoop: noLoops,
    condition: () => true,
    environment: () => ({ run: {}, variables: {} }),
    failure: () => [],
  }
  return { plan, planner }
}
