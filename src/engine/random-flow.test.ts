/** What holds for every pipeline, whatever happens in it: held against a forecast that shares no code with the engine. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecast, type StepRun, type Verdict } from '../../test/support/flow-model.ts'
import { type Flow, type FlowNode, flows, textOf } from '../../test/support/random-flow.ts'
import { type RanText, runText } from '../../test/support/run-text.ts'
import type { Outcome } from '../events/outcome.ts'

const second = 1000

const words: Readonly<Record<Outcome['kind'], Verdict>> = { passed: 'passed', failed: 'failed', errored: 'failed', skipped: 'skipped', aborted: 'aborted' }

function verdictOf(outcome: Outcome): Verdict {
  return 'ignored' in outcome && outcome.ignored === true ? 'ignored' : words[outcome.kind]
}

interface Seen extends StepRun {
  /** Undefined: it ended without having begun. */
  readonly began: boolean
}

/** Each time that a step was reached, from the story of the run. */
function seenIn({ recorded }: RanText): readonly Seen[] {
  const zero = recorded[0]?.at ?? 0
  const begun = new Map<string, number>()
  return recorded.flatMap(({ event, at }) => {
    if (event.kind === 'step.started' && !begun.has(event.step)) begun.set(event.step, at)
    if (event.kind !== 'step.finished') return []
    const start = begun.get(event.step)
    begun.delete(event.step)
    const path: string = event.step
    return [{ path, start: ((start ?? at) - zero) / second, end: (at - zero) / second, verdict: verdictOf(event.outcome), began: start !== undefined }]
  })
}

const byPath = (a: StepRun, b: StepRun): number => a.path.localeCompare(b.path) || a.start - b.start
const run = (flow: Flow) => runText(textOf(flow), flow.abortAfter === undefined ? {} : { abortAfter: flow.abortAfter * second })
const always = (body: (flow: Flow, ran: RanText) => void) => fc.assert(fc.asyncProperty(flows, async (flow) => body(flow, await run(flow))))

/** Below `path`, turns of loops included. */
function within(id: string): (path: string) => boolean {
  return (path) => path.split('/').some((part) => part.replace(/_\d+$/, '') === id)
}

function idsOf(node: FlowNode): readonly string[] {
  return node.kind === 'parallel' ? node.nodes.map(({ id }) => id) : [node.id]
}

describe('every run', () => {
  it('comes to what was worked out beforehand: which steps run, when, and how they end', { timeout: 120_000 }, async () => {
    let compared = 0
    await always((flow, ran) => {
      const expected = forecast(flow)
      if (expected.unclear) return
      compared += 1
      const wanted = expected.runs.toSorted(byPath).map(({ path, start, end, verdict }) => `${path} ${start}-${end} ${verdict}`)
      const seen = seenIn(ran).toSorted(byPath)
      if (expected.cut === undefined) {
        expect(seen.map(({ path, start, end, verdict }) => `${path} ${start}-${end} ${verdict}`)).toEqual(wanted)
      } else {
        // What was not begun when everything ended has no beginning, and turns that nobody had counted are not there.
        const known = new Map(expected.runs.map((one) => [one.path, one]))
        for (const one of seen) expect(`${one.path} ${one.end} ${one.verdict}`).toBe(`${one.path} ${known.get(one.path)?.end} ${known.get(one.path)?.verdict}`)
      }
      expect(ran.elapsed / second).toBe(expected.end)
      const { outcome } = ran
      const verdict = outcome.kind === 'errored' && outcome.problem.code === 'RUN_TIMEOUT' ? 'too long' : verdictOf(outcome)
      expect(verdict).toBe(expected.verdict)
    })
    expect(compared).toBeGreaterThan(40)
  })

  it('keeps the order of steps and the limits of loops, ends everything once, and looks the same when replayed', { timeout: 120_000 }, async () => {
    await always((flow, ran) => {
      inOrder(flow, ran)
      withinLimits(flow, ran)
      endsOnce(ran)
      expect(ran.replayed).toEqual(ran.live)
      expect(ran.recorded.map(({ seq }) => seq)).toEqual(ran.recorded.map((_, i) => i + 1))
    })
  })
})

/** No step begins before those before it have ended. */
function inOrder(flow: Flow, ran: RanText): void {
  // Groups that begin again go through their steps more than once: then the order holds within each time, which the forecast has looked at.
  if (ran.recorded.some(({ event }) => event.kind === 'group.retrying')) return
  const events = ran.recorded.flatMap(({ event }, at) => (event.kind === 'step.started' || event.kind === 'step.finished' ? [{ event, at }] : []))
  const places = (node: FlowNode, parent: string, kind: 'step.started' | 'step.finished') => {
    const below = idsOf(node).map(within)
    return events.flatMap(({ event, at }) => (event.kind === kind && event.step.startsWith(parent) && below.some((is) => is(event.step)) ? [at] : []))
  }
  for (const { id, loop, nodes } of flow.stages.flat()) {
    if (loop !== undefined) continue
    for (const [i, node] of nodes.entries()) {
      const next = nodes[i + 1]
      if (next === undefined) continue
      expect(Math.min(...places(next, `${id}/`, 'step.started'))).toBeGreaterThan(Math.max(...places(node, `${id}/`, 'step.finished')))
    }
  }
}

/** Never more turns of a loop are under way than maxConcurrency allows. */
function withinLimits(flow: Flow, ran: RanText): void {
  const limits = new Map<string, number>()
  const note = (nodes: readonly (FlowNode | Flow['stages'][number][number])[]): void => {
    for (const node of nodes) {
      if ('id' in node && node.loop?.max !== undefined) limits.set(node.id, node.loop.max)
      if ('nodes' in node) note(node.nodes)
    }
  }
  note(flow.stages.flat())
  const under = new Map<string, Set<string>>()
  for (const { event } of ran.recorded) {
    if (event.kind !== 'step.started' && event.kind !== 'step.finished') continue
    const parts = event.step.split('/')
    for (const [i, part] of parts.entries()) {
      const id = part.replace(/_\d+$/, '')
      const limit = limits.get(id)
      if (limit === undefined) continue
      const loop = [...parts.slice(0, i), id].join('/')
      const running = under.get(loop) ?? new Set()
      under.set(loop, running)
      if (event.kind === 'step.started') running.add(event.step)
      else running.delete(event.step)
      expect(new Set([...running].map((path) => path.split('/')[i])).size).toBeLessThanOrEqual(limit)
    }
  }
}

/** Every stage and every step ends once, and nothing is told of them afterwards. */
function endsOnce(ran: RanText): void {
  expect(ran.recorded.map(({ event }) => event.kind).filter((kind) => kind.startsWith('run.'))).toEqual(['run.started', 'run.finished'])
  expect([ran.recorded[0]?.event.kind, ran.recorded.at(-1)?.event.kind]).toEqual(['run.started', 'run.finished'])
  expect([...ran.live.stages.values(), ...ran.live.steps.values()].filter(({ status }) => status === 'waiting' || status === 'running')).toEqual([])
  const over = new Set<string>()
  for (const { event } of ran.recorded) {
    // A group that begins again opens its steps again.
    if (event.kind === 'group.retrying') for (const path of [...over]) if (path.startsWith(`${event.group}/`)) over.delete(path)
    if ('step' in event) expect(over).not.toContain(event.step)
    if (event.kind === 'step.finished') over.add(event.step)
    if ('stage' in event) expect(over).not.toContain(event.stage)
    if (event.kind === 'stage.finished') over.add(event.stage)
  }
}
