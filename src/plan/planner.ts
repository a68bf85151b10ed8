/** Plans a pipeline, and any step of it again with what a run has learned: the same pure function both times. */
import { byPlace, type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { Deferred } from '../base/planned.ts'
import { Problem, problem } from '../base/problem.ts'
import type { Checked } from '../base/result.ts'
import type { Span } from '../base/span.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { conditionHolds } from './condition.ts'
import { environmentAt, type StepEnvironment } from './environment.ts'
import type { RunFacts } from './facts.ts'
import type { FailureLevels } from './failure-plan.ts'
import { imagesBefore, imageTrail, trailOf } from './image-trail.ts'
import type { Knowledge } from './knowledge.ts'
import { limitsOf } from './loop-settings.ts'
import { places as newPlaces } from './places.ts'
import type { Plan, StagePlan, StepNode, StepPlan } from './plan.ts'
import { planFailure, planStageFailure } from './plan-failure.ts'
import { planNodes } from './plan-nodes.ts'
import { planLooped, planStages } from './plan-stages.ts'
import { planStep } from './plan-step.ts'
import { planTimeout } from './plan-when.ts'
import { scopeAt } from './scope/scope-at.ts'
import type { Site } from './site.ts'

export interface PlannedStep {
  readonly plan: StepPlan
  /** Warnings and remarks of this step, for its log. */
  readonly notes: readonly Diagnostic[]
}

export interface Planner {
  /** Plans everything; must come before the other calls, which know the paths it found. */
  plan(): Checked<Plan>
  /** Throws a Problem with every finding when the step cannot be planned. */
  step(path: string, knowledge: Knowledge): PlannedStep
  /** The turns of a loop that could not be unrolled before. Throws as `step` does. */
  stepLoop(path: string, knowledge: Knowledge): Unrolled<StepNode>
  stageLoop(path: string, knowledge: Knowledge): Unrolled<StagePlan>
  /** The `when.condition` of a stage, group or step; true when it has none. Throws when it cannot be decided. */
  condition(path: string, knowledge: Knowledge): boolean
  /** The variables that a step finds, beside its own. Throws as `step` does. */
  environment(path: string, knowledge: Knowledge): StepEnvironment
  /** What the failure strategies of a step, or of a stage itself, say now that it has failed. Throws as `step` does. */
  failure(path: string, knowledge: Knowledge): FailureLevels
}

export interface Unrolled<Node> {
  readonly children: readonly Node[]
  readonly maxConcurrency?: number
  readonly skipQueued?: true
}

export function planner(pipeline: Pipeline, o: { readonly file: string; readonly facts: RunFacts }): Planner {
  const places = newPlaces()
  const knowledge: Knowledge = { of: () => undefined, ahead: (path) => !places.passed(path) }
  const base: Site = { pipeline, file: o.file, facts: o.facts, knowledge, groups: [], turns: [] }
  return {
    plan() {
      const diagnostics: Diagnostic[] = []
      const stages = planStages(base, { places, images: imageTrail(), report: (d) => diagnostics.push(d) })
      const timeoutMs = planTimeout(pipeline.timeout, { scope: scopeAt(base), report: (d) => diagnostics.push(d) })
      diagnostics.sort(byPlace)
      return hasErrors(diagnostics)
        ? { ok: false, diagnostics }
        : { ok: true, value: { version: 1, pipeline: about(pipeline, o.file), ...(timeoutMs !== undefined && { timeoutMs }), stages }, diagnostics }
    },
    step: (path, knowledge) => {
      const { value, diagnostics } = checked((report) =>
        planStep({ ...places.step(path), knowledge }, path, () => imagesBefore(path, places, knowledge), report),
      )
      return { plan: value, notes: diagnostics }
    },
    stepLoop(path, knowledge) {
      const { loop } = places.at(path)
      if (loop?.kind !== 'step') throw new Error(`no loop of steps at ${path}`)
      const [node] = checked((report) =>
        planNodes([loop.model], loop.parent, { ...loop.site, knowledge }, { places, images: trailOf(loop.images, places, knowledge), report }),
      ).value
      return unrolled(node?.kind === 'loop' ? node : undefined, path)
    },
    stageLoop(path, knowledge) {
      const { loop, site } = places.at(path)
      if (loop?.kind !== 'stage') throw new Error(`no loop of stages at ${path}`)
      const node = checked((report) => planLooped(loop.stage, { ...site, knowledge }, { places, images: imageTrail(), report })).value
      return unrolled(node.kind === 'loop' ? node : undefined, path)
    },
    failure(path, knowledge) {
      const { site, inside } = places.at(path)
      const plan = site.step === undefined && inside === undefined ? planStageFailure : planFailure
      return checked((report) => plan({ ...(inside ?? site), knowledge }, report)).value
    },
    environment: (path, knowledge) => checked((report) => environmentAt({ ...places.step(path), knowledge }, report)).value,
    condition(path, knowledge) {
      const { when, site } = places.at(path)
      return checked((report) => conditionHolds(when, { ...site, knowledge }, report)).value
    },
  }
}

function about(pipeline: Pipeline, file: string): Plan['pipeline'] {
  const { identifier, name, orgIdentifier: org, projectIdentifier: project } = pipeline
  return { identifier, name, file, ...(org !== undefined && { org }), ...(project !== undefined && { project }) }
}

function unrolled<N extends { readonly decided?: Deferred; readonly at: Span; readonly maxConcurrency?: number; readonly skipQueued?: true }, C>(
  loop: (N & { readonly children: readonly C[] }) | undefined,
  path: string,
): Unrolled<C> {
  if (loop === undefined) throw new Error(`no loop at ${path}`)
  if (loop.decided !== undefined) throw problem('VALUE_NOT_KNOWN', { source: loop.decided.source, until: loop.decided.until }, { at: loop.at })
  return { children: loop.children, ...limitsOf(loop) }
}

/** Errors are thrown together, the rest goes on as notes. */
function checked<T>(work: (report: (d: Diagnostic) => void) => T): { readonly value: T; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const value = work((d) => diagnostics.push(d))
  const [first, ...others] = diagnostics.filter((d) => d.severity === 'error')
  if (first !== undefined) throw new Problem(first, { others })
  return { value, diagnostics }
}
