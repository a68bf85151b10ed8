/** Which stages do not run, and what is there instead: by `--stage`, and by what an earlier run has done. */
import { problem } from '../../base/problem.ts'
import type { StandIn } from '../../engine/stand-in.ts'
import { type StageSummaryNode, stagesOf } from '../../events/plan-summary.ts'
import type { RunEvent } from '../../events/run-event.ts'
import type { StagePlan } from '../../plan/plan.ts'
import type { History, RunRecord } from '../../ports/history.ts'
import { nameOf } from './find-run.ts'

export type Instead = (stage: StagePlan) => StandIn | undefined

/** `--stage a,b --stage c`; undefined: all of them. */
export function selectedStages(given: readonly string[] | undefined): ReadonlySet<string> | undefined {
  const names = (given ?? [])
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length === 0 ? undefined : new Set(names)
}

export function insteadOf(o: { readonly selected: ReadonlySet<string> | undefined; readonly taken?: ReadonlyMap<string, StandIn> }): Instead {
  return (stage) => (o.selected?.has(stage.identifier) === false ? { kind: 'unselected' } : o.taken?.get(stage.path))
}

const kept = new Set<RunEvent['kind']>([
  'code.placed',
  'step.outputs',
  'image.built',
  'image.delivered',
  'images.published',
  'links.published',
  'file.written',
  'step.finished',
])

/** Stages that passed before the first that did not, and beside it. What came after it (stages for `Failure`, say) runs again. */
export async function takenStages(record: RunRecord, history: History): Promise<ReadonlyMap<string, StandIn>> {
  const events: RunEvent[] = []
  for await (const { event } of history.events(record.run, { outputAfter: Number.MAX_SAFE_INTEGER })) events.push(event)
  const started = events.find((event) => event.kind === 'run.started')
  const passed = new Set(events.flatMap((event) => (event.kind === 'stage.finished' && event.outcome.kind === 'passed' ? [event.stage] : [])))
  const taken = new Map<string, StandIn>()
  const [failedAt, nodes] = uptoFailure(started?.plan.stages ?? [], passed)
  for (const { path } of [...stagesOf(nodes)].filter((stage) => passed.has(stage.path))) taken.set(path, standInFor(path, events, record))
  if (!failedAt) throw problem('RERUN_NOTHING_FAILED', { run: nameOf(record) })
  return taken
}

function uptoFailure(nodes: readonly StageSummaryNode[], passed: ReadonlySet<string>): readonly [failed: boolean, nodes: readonly StageSummaryNode[]] {
  const bad = nodes.findIndex((node) => [...stagesOf([node])].some(({ path }) => !passed.has(path)))
  return bad === -1 ? [false, nodes] : [true, nodes.slice(0, bad + 1)]
}

function standInFor(path: string, events: readonly RunEvent[], record: RunRecord): StandIn {
  const own = events.filter((event) => kept.has(event.kind) && 'step' in event && event.step.startsWith(`${path}/`))
  const secret = own.some((event) => event.kind === 'step.outputs' && event.outputs.some((output) => output.secret))
  return secret ? { kind: 'not-taken', from: nameOf(record) } : { kind: 'taken', from: nameOf(record), events: own }
}
