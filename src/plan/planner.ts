/** Plans a pipeline, and any step of it again with what a run has learned: the same pure function both times. */
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import { Problem } from '../base/problem.ts'
import type { Checked } from '../base/result.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { conditionHolds } from './condition.ts'
import type { RunFacts } from './facts.ts'
import { type Knowledge, nothingKnown } from './knowledge.ts'
import { type Places, placesOf } from './places.ts'
import type { Plan, StepPlan } from './plan.ts'
import { planStages } from './plan-stages.ts'
import { planStep } from './plan-step.ts'
import type { Site } from './site.ts'

export interface PlannedStep {
  readonly plan: StepPlan
  /** Warnings and remarks of this step, for its log. */
  readonly notes: readonly Diagnostic[]
}

export interface Planner {
  plan(): Checked<Plan>
  /** Throws a Problem with every finding when the step cannot be planned. */
  step(path: string, knowledge: Knowledge): PlannedStep
  /** The `when.condition` of a stage, group or step; true when it has none. Throws when it cannot be decided. */
  condition(path: string, knowledge: Knowledge): boolean
}

export function planner(pipeline: Pipeline, o: { readonly file: string; readonly facts: RunFacts }): Planner {
  const site: Site = { pipeline, file: o.file, facts: o.facts, knowledge: nothingKnown, groups: [] }
  const places: Places = placesOf(site)
  return {
    plan() {
      const diagnostics: Diagnostic[] = []
      const stages = planStages(site, (d) => diagnostics.push(d))
      if (hasErrors(diagnostics)) return { ok: false, diagnostics }
      const { identifier, name, orgIdentifier, projectIdentifier } = pipeline
      const about = {
        identifier,
        name,
        file: o.file,
        ...(orgIdentifier !== undefined && { org: orgIdentifier }),
        ...(projectIdentifier !== undefined && { project: projectIdentifier }),
      }
      return { ok: true, value: { version: 1, pipeline: about, stages }, diagnostics }
    },
    step(path, knowledge) {
      const diagnostics: Diagnostic[] = []
      const place = places.step(path)
      const plan = planStep({ ...place, knowledge }, path, (d) => diagnostics.push(d))
      throwErrors(diagnostics)
      return { plan, notes: diagnostics }
    },
    condition(path, knowledge) {
      const diagnostics: Diagnostic[] = []
      const holds = conditionHolds(places.when(path), { ...places.site(path), knowledge }, (d) => diagnostics.push(d))
      throwErrors(diagnostics)
      return holds
    },
  }
}

function throwErrors(diagnostics: readonly Diagnostic[]): void {
  const [first, ...others] = diagnostics.filter((d) => d.severity === 'error')
  if (first !== undefined) throw new Problem(first, { others })
}
