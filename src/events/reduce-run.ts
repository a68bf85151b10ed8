/** The one fold from events to view. Ignores what it has seen (`seq`), so live and replayed streams may overlap. */
import type { Instant } from '../base/clock.ts'
import { unreachable } from '../base/unreachable.ts'
import { stagesOf, stepsOf } from './plan-summary.ts'
import type { Recorded, RunEvent } from './run-event.ts'
import type { RunView, StageView, StepView } from './run-view.ts'
import type { StepPath } from './step-path.ts'
import { extendTail } from './tail.ts'

export function reduceRun(view: RunView, recorded: Recorded): RunView {
  if (recorded.seq <= view.seq) return view
  return { ...applyEvent(view, recorded), seq: recorded.seq }
}

function applyEvent(view: RunView, { event, at, run }: Recorded): RunView {
  switch (event.kind) {
    case 'run.started':
      return startRun({ ...view, run, startedAt: at }, event)
    case 'run.finished':
      return { ...view, status: event.outcome.kind, outcome: event.outcome, finishedAt: at }
    case 'stage.started':
      return withStage(view, event.stage, { status: 'running', startedAt: at })
    case 'stage.note':
      return withStage(view, event.stage, { notes: [...(view.stages.get(event.stage)?.notes ?? []), event.note] })
    case 'stage.finished':
      return withStage(view, event.stage, { status: event.outcome.kind, outcome: event.outcome, finishedAt: at })
    case 'code.placed':
      return event.underBuild ? { ...view, codebase: event.codebase } : view
    case 'group.retrying':
      return view
    default:
      return withStep(view, event.step, (step) => applyToStep(step, event, at))
  }
}

type StepEvent = Exclude<Extract<RunEvent, { readonly step: StepPath }>, { readonly kind: 'code.placed' }>

function applyToStep(step: StepView, event: StepEvent, at: Instant): StepView {
  switch (event.kind) {
    case 'step.started':
      return { ...goingOn(step), status: 'running', does: event.does, ...(event.facts !== undefined && { facts: event.facts }), startedAt: at }
    case 'step.output':
      return { ...step, outputBytes: step.outputBytes + event.text.length, tail: extendTail(step.tail, event.text) }
    case 'step.note':
      return { ...step, notes: [...step.notes, event.note] }
    case 'step.retrying':
      return {
        ...step,
        status: 'running',
        retries: step.retries + 1,
        pause: { kind: 'retry', attempt: event.attempt, of: event.of, until: at + event.waitMs },
      }
    case 'step.waiting': {
      const { timeoutMs, problem, otherwise } = event
      const known = { ...(problem !== undefined && { problem }), ...(otherwise !== undefined && { otherwise }) }
      return { ...step, status: 'running', pause: { kind: 'decision', until: at + timeoutMs, ...known } }
    }
    case 'step.progress': {
      const others = step.progress.filter((p) => p.task !== event.progress.task)
      const done = event.progress.total !== undefined && event.progress.done >= event.progress.total
      return { ...step, progress: done ? others : [...others, event.progress] }
    }
    case 'image.built':
      return { ...step, built: { digest: event.digest, bytes: event.bytes, layers: event.layers, cached: event.cached } }
    case 'image.delivered':
      return { ...step, delivered: [...step.delivered, { ref: event.ref, digest: event.digest, bytes: event.bytes }] }
    case 'images.published':
      return { ...step, published: event.published }
    case 'links.published':
      return { ...step, links: event.links }
    case 'file.written':
      return { ...step, files: [...step.files, event.file] }
    case 'step.outputs':
      return { ...step, outputs: [...step.outputs, ...event.outputs] }
    case 'step.tests':
      return { ...step, tests: event.results }
    case 'scan.finished':
      return { ...step, scan: event.scan }
    case 'step.finished':
      return { ...goingOn(step), status: event.outcome.kind, outcome: event.outcome, finishedAt: at, progress: [] }
    default:
      return unreachable(event)
  }
}

function goingOn({ pause: _over, ...step }: StepView): StepView {
  return step
}

function startRun(view: RunView, event: Extract<RunEvent, { kind: 'run.started' }>): RunView {
  const stages = new Map<StepPath, StageView>()
  const steps = new Map<StepPath, StepView>()
  for (const stage of stagesOf(event.plan.stages)) {
    stages.set(stage.path, { path: stage.path, status: 'waiting', notes: [] })
    for (const { path, name, type } of stepsOf(stage.steps)) {
      steps.set(path, newStep(path, name, type))
    }
  }
  return { ...view, plan: event.plan, sequenceId: event.sequenceId, pipelineFile: event.pipelineFile, status: 'running', stages, steps }
}

function withStage(view: RunView, path: StepPath, change: Partial<StageView>): RunView {
  const stages = new Map(view.stages)
  stages.set(path, { ...(view.stages.get(path) ?? { path, status: 'waiting', notes: [] }), ...change })
  return { ...view, stages }
}

/** A step that the plan does not list (a loop decided at run time) gets a view of its own. */
function withStep(view: RunView, path: StepPath, change: (step: StepView) => StepView): RunView {
  const before = view.steps.get(path) ?? unplanned(path)
  const steps = new Map(view.steps)
  steps.set(path, change(before))
  return { ...view, steps }
}

function unplanned(path: StepPath): StepView {
  return newStep(path, path.split('/').at(-1) ?? path, 'unknown')
}

function newStep(path: StepPath, name: string, type: string): StepView {
  const nothing = { outputs: [], notes: [], delivered: [], files: [], progress: [], tail: [] }
  return { path, name, type, status: 'waiting', outputBytes: 0, retries: 0, ...nothing }
}
