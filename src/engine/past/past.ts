/**
 * What a run had told when its process died, for the process that goes on with it. Steps whose containers are still there are run again in the engine's
 * eyes, and tell the same once more: what was told already is recognised here, and not told twice.
 */
import { canonicalJson } from '../../base/json.ts'
import { type Outcome, worst } from '../../events/outcome.ts'
import { type StageSummary, stagesOf, stepsOf } from '../../events/plan-summary.ts'
import type { Recorded, RunEvent } from '../../events/run-event.ts'
import type { StepPath } from '../../events/step-path.ts'
import { type OutputTold, outputTold, type ReadOutput } from './output-told.ts'
import { type Part, partsOf, pathOf } from './parts-of.ts'

export interface Told {
  /** How messages name the run. */
  readonly name: string
  /** All but output, in order. */
  readonly events: readonly Recorded[]
  /** Of a step, as it was told. */
  readonly output: (step: StepPath, after: number) => ReturnType<ReadOutput>
}

export interface EndedStage {
  readonly outcome: Outcome
  readonly events: readonly RunEvent[]
}

export interface Past {
  readonly name: string
  /** What of it is new. */
  news(event: RunEvent): Promise<RunEvent | undefined>
  /** From now on everything about this stage or step is new: it begins again. */
  forget(path: string): void
  stage(path: string): 'unknown' | 'cut' | 'ended'
  /** Undefined: not all of its steps had ended. */
  ended(path: string): EndedStage | undefined
  /** The part of the step's story that is told now, up to its end; a group that begins again has one for each time. */
  part(step: string): Part | undefined
  /** Goes on to the next part. */
  passOver(step: string): void
  /** All starts of steps in a stage, in order: which start of its step it was, and the number of its event. */
  starts(stage: string): readonly { readonly step: string; readonly nth: number; readonly seq: number }[]
  /** Whether a step below had begun again after so many tries of its group. */
  groupBegan(group: string, tries: number): boolean
}

export function pastOf(o: Told): Past {
  const events = o.events.map(({ event }) => event)
  const told = new Map<string, number>()
  for (const event of events) told.set(keyOf(event), (told.get(keyOf(event)) ?? 0) + 1)
  const forgotten: string[] = []
  const outputs = new Map<string, OutputTold>()
  const parts = partsOf(o.events)
  const at = new Map<string, number>()
  const isForgotten = (path: string): boolean => forgotten.some((one) => isBelow(path, one))
  const part = (step: string): Part | undefined => (isForgotten(step) ? undefined : parts.get(step)?.[at.get(step) ?? 0])
  const passOver = (step: string): void => void at.set(step, (at.get(step) ?? 0) + 1)
  const outputOf = (step: StepPath): OutputTold => {
    const known = outputs.get(step) ?? outputTold((after) => o.output(step, after))
    outputs.set(step, known)
    return known
  }
  const stages = new Map([...stagesIn(events)].map((stage) => [String(stage.path), stage]))
  const finished = (path: string) => events.find((event) => event.kind === 'stage.finished' && event.stage === path)
  return {
    name: o.name,
    async news(event) {
      const path = pathOf(event)
      if (isForgotten(path)) return event
      if (event.kind === 'step.output') {
        const text = await outputOf(event.step).untold(event.text)
        return text === '' ? undefined : { ...event, text }
      }
      // There is one of each, whatever it says.
      if (event.kind === 'run.started' && events.some(({ kind }) => kind === 'run.started')) return undefined
      const key = keyOf(event)
      const left = told.get(key) ?? 0
      if (left === 0) return event
      told.set(key, left - 1)
      if (event.kind === 'step.finished') passOver(path)
      return undefined
    },
    forget: (path) => void forgotten.push(path),
    stage(path) {
      if (isForgotten(path)) return 'unknown'
      if (finished(path) !== undefined) return 'ended'
      return events.some((event) => event.kind === 'stage.started' && event.stage === path) ? 'cut' : 'unknown'
    },
    ended(path) {
      const own = events.filter((event) => isBelow(pathOf(event), path))
      const end = finished(path)
      if (end?.kind === 'stage.finished') return { outcome: end.outcome, events: own }
      const outcomes = outcomesOf(stages.get(path), own)
      return outcomes === undefined ? undefined : { outcome: worst(outcomes), events: own }
    },
    part,
    passOver,
    starts(stage) {
      const counts = new Map<string, number>()
      return o.events.flatMap(({ event, seq }) => {
        if (event.kind !== 'step.started' || !isBelow(event.step, stage)) return []
        const nth = (counts.get(event.step) ?? 0) + 1
        counts.set(event.step, nth)
        return [{ step: event.step, nth, seq }]
      })
    },
    groupBegan: (group, tries) => !isForgotten(group) && [...parts].some(([step, all]) => isBelow(step, group) && (all[tries]?.starts ?? 0) > 0),
  }
}

function isBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`)
}

function keyOf(event: RunEvent): string {
  return canonicalJson(event)
}

function stagesIn(events: readonly RunEvent[]): Iterable<StageSummary> {
  const started = events.find((event) => event.kind === 'run.started')
  return started === undefined ? [] : stagesOf(started.plan.stages)
}

/** Undefined: some have not ended, or it cannot be known which there are, or the last word was that something is tried again. */
function outcomesOf(stage: StageSummary | undefined, events: readonly RunEvent[]): readonly Outcome[] | undefined {
  if (stage === undefined || hasLateLoop(stage.steps)) return undefined
  const outcomes = new Map<string, Outcome>()
  for (const event of events) {
    if (event.kind === 'step.finished') outcomes.set(event.step, event.outcome)
    else if (event.kind === 'step.started' || event.kind === 'step.retrying') outcomes.delete(event.step)
    else if (event.kind === 'group.retrying') for (const step of outcomes.keys()) if (isBelow(step, event.group)) outcomes.delete(step)
  }
  const all = [...stepsOf(stage.steps)].map(({ path }) => outcomes.get(path))
  return all.every((outcome) => outcome !== undefined) ? all : undefined
}

/** A loop without turns: they are only known when it runs. */
function hasLateLoop(nodes: StageSummary['steps']): boolean {
  return nodes.some(
    (node) => node.kind !== 'step' && ((node.kind === 'parallel' && node.loop !== undefined && node.children.length === 0) || hasLateLoop(node.children)),
  )
}
