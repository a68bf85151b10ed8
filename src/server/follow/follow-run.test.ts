import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { servedApp } from '../../../test/support/served-app.ts'
import { memoryHistory } from '../../adapters/store/memory-history.ts'
import { brandAs } from '../../base/brand.ts'
import { reduceRun } from '../../events/reduce-run.ts'
import type { Recorded, RunEvent, RunId } from '../../events/run-event.ts'
import { emptyView } from '../../events/run-view.ts'
import { stepPath } from '../../events/step-path.ts'
import type { History } from '../../ports/history.ts'
import type { ServerParts } from '../parts.ts'
import { followRun } from './follow-run.ts'

const run = brandAs<RunId>('01live')
const step = stepPath('s', 'flood')
const plan = {
  pipeline: { identifier: 'p', name: 'p' },
  stages: [{ kind: 'stage', path: stepPath('s'), name: 's', infrastructure: 'fake', steps: [{ kind: 'step', path: step, name: 'flood', type: 'Run' }] }],
} as const
const opening: readonly RunEvent[] = [
  { kind: 'run.started', plan, sequenceId: 1, pipelineFile: 'p.yaml' },
  { kind: 'stage.started', stage: stepPath('s') },
  { kind: 'step.started', step, does: 'floods' },
]
const passed = { kind: 'passed' } as const
const ending: readonly RunEvent[] = [
  { kind: 'step.finished', step, outcome: passed },
  { kind: 'stage.finished', stage: stepPath('s'), outcome: passed },
  { kind: 'run.finished', outcome: passed },
]

interface Teller {
  tell(...events: readonly RunEvent[]): Promise<void>
  readonly all: readonly Recorded[]
}

async function begun(history: History): Promise<Teller> {
  await history.begin({ run, pipeline: 'o/p/p', pipelineName: 'p', pipelineFile: 'p.yaml', startedAt: 1 })
  const all: Recorded[] = []
  const tell = async (...events: readonly RunEvent[]): Promise<void> => {
    const recorded = events.map((event, i): Recorded => ({ run, seq: all.length + 1 + i, at: 1, event }))
    all.push(...recorded)
    await history.append(recorded)
  }
  await tell(...opening)
  return { tell, all }
}

interface Watched {
  readonly events: Recorded[]
  readonly ids: number[]
  ended: boolean
}

/** Reads until the end, or until so many messages have come; joined output is one event. */
async function watch(parts: ServerParts, o: { readonly after?: number; readonly messages?: number; readonly slowMs?: number } = {}): Promise<Watched> {
  const seen: Watched = { events: [], ids: [], ended: false }
  const leaving = new AbortController()
  for await (const bytes of followRun(run, { after: o.after ?? 0, output: 'all', step: undefined, signal: leaving.signal }, parts)) {
    const message = Buffer.from(bytes).toString()
    const id = /^id: (\d+)\n/.exec(message)?.[1]
    if (message.startsWith('event: end')) seen.ended = true
    if (id === undefined) continue
    seen.ids.push(Number(id))
    seen.events.push(...(JSON.parse(/\ndata: (.*)\n/.exec(message)?.[1] ?? '[]') as Recorded[]))
    if (seen.ids.length === o.messages) break
    if (o.slowMs !== undefined) await pause(o.slowMs)
  }
  leaving.abort(new Error('left'))
  return seen
}

const outputOf = (events: readonly Recorded[]): string => events.map(({ event }) => (event.kind === 'step.output' ? event.text : '')).join('')
const line = (n: number): RunEvent => ({ kind: 'step.output', step, stream: 'out', text: `line ${n}\n` })

async function live(): Promise<{ readonly parts: ServerParts; readonly history: History }> {
  const history = memoryHistory()
  return { history, parts: (await servedApp({ history })).parts }
}

describe('a run that is followed', () => {
  it('comes whole to who watched from the start, joined in the middle, or lost the connection', async () => {
    const { parts, history } = await live()
    const teller = await begun(history)
    const first = watch(parts)
    const broken = (async () => {
      const before = await watch(parts, { messages: 2 })
      const after = await watch(parts, { after: before.ids.at(-1) ?? 0 })
      return { ...after, events: [...before.events, ...after.events], ids: [...before.ids, ...after.ids] }
    })()
    for (let n = 0; n < 40; n++) {
      await teller.tell(...Array.from({ length: 25 }, (_, i) => line(n * 25 + i)))
      await pause(20)
    }
    const late = watch(parts)
    const slow = watch(parts, { slowMs: 30 })
    for (let n = 40; n < 60; n++) {
      await teller.tell(...Array.from({ length: 25 }, (_, i) => line(n * 25 + i)))
      await pause(20)
    }
    await teller.tell(...ending)
    const whole = outputOf(teller.all)
    const view = teller.all.reduce(reduceRun, emptyView)
    for (const watched of await Promise.all([first, broken, late, slow])) {
      expect(watched.ended).toBe(true)
      expect(outputOf(watched.events)).toBe(whole)
      expect(watched.ids).toEqual([...watched.ids].sort((a, b) => a - b))
      expect(watched.events.map(({ seq }) => seq)).toEqual([...new Set(watched.events.map(({ seq }) => seq))].sort((a, b) => a - b))
      expect(watched.events.reduce(reduceRun, emptyView)).toEqual(view)
    }
  })

  it('is read for nobody when all have left', async () => {
    const { parts, history } = await live()
    const teller = await begun(history)
    let looks = 0
    const counted: History = {
      ...history,
      find: (id) => {
        looks += 1
        return history.find(id)
      },
    }
    const watching = [watch({ ...parts, history: counted }, { messages: 2 }), watch({ ...parts, history: counted }, { messages: 2 })]
    await pause(300)
    await teller.tell(line(1))
    await Promise.all(watching)
    await pause(200)
    const before = looks
    expect(before).toBeGreaterThan(2)
    await pause(500)
    expect(looks).toBe(before)
  })

  it('ends at once when it is over already, with nothing that was seen before', async () => {
    const { parts, history } = await live()
    const teller = await begun(history)
    await teller.tell(line(1), ...ending)
    expect(await watch(parts, { after: teller.all.length })).toEqual({ events: [], ids: [], ended: true })
  })

  it('is closed for a process that died, with the same numbers for all', async () => {
    const { parts, history } = await live()
    const teller = await begun(history)
    await teller.tell(line(1), line(2))
    const dead: History = {
      ...history,
      find: async (id) => {
        const record = await history.find(id)
        return record === undefined ? undefined : { ...record, status: 'interrupted', finishedAt: 9 }
      },
    }
    const whole = await watch({ ...parts, history: dead })
    expect(whole.events.slice(-3).map(({ seq, event }) => [seq, event.kind])).toEqual([
      [6, 'step.finished'],
      [7, 'stage.finished'],
      [8, 'run.finished'],
    ])
    expect((await watch({ ...parts, history: dead }, { after: 6 })).events.map(({ seq }) => seq)).toEqual([7, 8])
    expect(whole.events.reduce(reduceRun, emptyView)).toMatchObject({ status: 'aborted', finishedAt: 9 })
  })
})
