/**
 * What holds for every pipeline, whatever happens in it: held against forecasts that share no code with the engine. Where things happen at the same
 * moment, the order of turns inside the engine decides, and nobody is promised one: there the run has to fit one of all forecasts.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { misfit, type SeenFlow } from '../../test/support/flow-fits.ts'
import { forecasts, type Verdict } from '../../test/support/flow-model.ts'
import { type Flow, type FlowNode, flows, textOf } from '../../test/support/random-flow.ts'
import { type RanText, runText } from '../../test/support/run-text.ts'
import type { Outcome } from '../events/outcome.ts'
import type { Recorded, RunEvent } from '../events/run-event.ts'

const second = 1000

const words: Readonly<Record<Outcome['kind'], Verdict>> = { passed: 'passed', failed: 'failed', errored: 'failed', skipped: 'skipped', aborted: 'aborted' }

function verdictOf(outcome: Outcome): Verdict {
  return 'ignored' in outcome && outcome.ignored === true ? 'ignored' : words[outcome.kind]
}

/** Each time that a step was reached, from the story of the run. */
function seenIn({ recorded, outcome, elapsed }: RanText): SeenFlow {
  const zero = recorded[0]?.at ?? 0
  const begun = new Map<string, number>()
  const runs = recorded.flatMap(({ event, at }) => {
    if (event.kind === 'step.started' && !begun.has(event.step)) begun.set(event.step, at)
    if (event.kind !== 'step.finished') return []
    const start = begun.get(event.step)
    begun.delete(event.step)
    const path: string = event.step
    return [{ path, start: ((start ?? at) - zero) / second, end: (at - zero) / second, verdict: verdictOf(event.outcome), began: start !== undefined }]
  })
  const tooLong = outcome.kind === 'errored' && outcome.problem.code === 'RUN_TIMEOUT'
  return { runs, end: elapsed / second, verdict: tooLong ? 'too long' : verdictOf(outcome) }
}

const run = (flow: Flow) => runText(textOf(flow), flow.abortAfter === undefined ? {} : { abortAfter: flow.abortAfter * second })
const always = (body: (flow: Flow, ran: RanText) => void) => fc.assert(fc.asyncProperty(flows, async (flow) => body(flow, await run(flow))))

describe('every run', () => {
  it('comes to what was worked out beforehand: which steps run, when, and how they end', { timeout: 120_000 }, async () => {
    let compared = 0
    await always((flow, ran) => {
      const expected = forecasts(flow)
      // So much may go either way at the same moments that saying all of it takes too long.
      if (expected === undefined) return
      compared += 1
      const seen = seenIn(ran)
      const wrong = expected.map((one) => misfit(one, seen))
      expect(wrong.includes(undefined) ? undefined : wrong[0]).toBeUndefined()
    })
    expect(compared).toBeGreaterThan(90)
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

/** No step begins before those before it have ended: in stages, in groups and in each time that a group is gone through, turns of loops by themselves. */
function inOrder(flow: Flow, ran: RanText): void {
  for (const one of flow.stages.flat()) for (const path of turnsOf('', one, ran.recorded)) orderOf(one.nodes, path, ran.recorded)
}

function orderOf(nodes: readonly FlowNode[], parent: string, story: readonly Recorded[]): void {
  let ended = 0
  for (const node of nodes) {
    const members = node.kind === 'parallel' ? node.nodes : [node]
    const paths = members.flatMap((member) => turnsOf(parent, member, story))
    const seqs = (kind: RunEvent['kind']) =>
      story.flatMap(({ event, seq }) => (event.kind === kind && 'step' in event && paths.some((path) => isBelow(event.step, path)) ? [seq] : []))
    expect(Math.min(...seqs('step.started'))).toBeGreaterThan(ended)
    ended = Math.max(ended, ...seqs('step.finished'))
    for (const member of members) {
      if (member.kind !== 'group') continue
      for (const path of turnsOf(parent, member, story)) for (const time of timesOf(path, story)) orderOf(member.nodes, path, time)
    }
  }
}

/** Paths of a node as the run has it: several when it is looped. */
function turnsOf(parent: string, { id, loop }: { readonly id: string; readonly loop?: unknown }, story: readonly Recorded[]): readonly string[] {
  const lead = parent === '' ? id : `${parent}/${id}`
  if (loop === undefined) return [lead]
  const turns = story.flatMap(({ event }) => ('step' in event ? (new RegExp(`^${lead}_\\d+(?=/|$)`).exec(event.step) ?? []) : []))
  return [...new Set(turns)]
}

function isBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}/`)
}

/** What is told of a group, cut where it begins again. */
function timesOf(group: string, story: readonly Recorded[]): readonly (readonly Recorded[])[] {
  const times: Recorded[][] = [[]]
  for (const one of story) {
    if (one.event.kind === 'group.retrying' && one.event.group === group) times.push([])
    else times.at(-1)?.push(one)
  }
  return times
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
