import { describe, expect, it, onTestFinished } from 'vitest'
import { tempProject } from '../../../test/support/temp-project.ts'
import { queueFiles } from '../../adapters/queue/queue-files.ts'
import { memoryHistory } from '../../adapters/store/memory-history.ts'
import { brandAs } from '../../base/brand.ts'
import type { RunId } from '../../events/run-event.ts'
import { systemClock } from '../../main/system-clock.ts'
import type { RunQueue } from '../../ports/run-queue.ts'
import type { RunStarter } from '../../ports/run-starter.ts'
import { dispatcher } from './dispatcher.ts'

const id = (name: string): RunId => brandAs<RunId>(name)

/** Runs that end when told. `alive`: those that an earlier server has started. */
function office(o: { readonly limit: number; readonly alive?: readonly string[]; readonly queue?: RunQueue }) {
  const history = memoryHistory()
  const queue = o.queue ?? queueFiles(tempProject().dir)
  const running = new Map<RunId, (words: string) => void>()
  const started: RunId[] = []
  const begun = new Map<RunId, PromiseWithResolvers<void>>()
  const waitFor = (run: RunId): PromiseWithResolvers<void> => {
    const one = begun.get(run) ?? Promise.withResolvers<void>()
    begun.set(run, one)
    return one
  }
  const starter: RunStarter = {
    async start(run) {
      const { promise, resolve } = Promise.withResolvers<string>()
      started.push(run)
      running.set(run, resolve)
      waitFor(run).resolve()
      return { ended: promise }
    },
    lives: async (run) => o.alive?.includes(run) === true,
  }
  const said: string[] = []
  const stderr = { write: (text: string | Uint8Array) => void said.push(String(text)), columns: undefined, rows: undefined, colour: false }
  const work = dispatcher({ queue, starter, history, limit: o.limit }, { clock: systemClock, stderr })
  onTestFinished(async () => {
    for (const end of running.values()) end('')
    await work.drain()
  })
  return {
    queue,
    history,
    started,
    work,
    begun: (run: string) => waitFor(id(run)).promise,
    async add(run: string) {
      await queue.add({ run: id(run), pipeline: 'p', pipelineName: 'p', pipelineFile: 'p', queuedAt: 1 }, { kind: 'file', cwd: '/', file: 'p', options: {} })
      work.look()
    },
    end: (run: string, words = '') => running.get(id(run))?.(words),
    begins: (run: string) => history.begin({ run: id(run), pipeline: 'p', pipelineName: 'p', pipelineFile: 'p', startedAt: 1 }),
  }
}

describe('the queue of a server', () => {
  it('starts runs in their order, as many at once as it may', async () => {
    const o = office({ limit: 2 })
    for (const run of ['01a', '01b', '01c']) await o.add(run)
    await Promise.all([o.begun('01a'), o.begun('01b')])
    expect(o.started).toEqual(['01a', '01b'])
    expect(o.work.runs()).toEqual(['01a', '01b'])
    await o.begins('01b')
    o.end('01b')
    await o.begun('01c')
    expect((await o.queue.list()).map(({ run, state }) => [run, state.kind])).toEqual([
      ['01a', 'started'],
      ['01c', 'started'],
    ])
  })

  it('refuses one whose process ends before it has begun, with its last words', async () => {
    const o = office({ limit: 1 })
    await o.add('01a')
    await o.add('01b')
    await o.begun('01a')
    o.end('01a', 'Segmentation fault\n')
    await o.begun('01b')
    expect((await o.queue.list())[0]?.state).toEqual({ kind: 'refused', why: 'Segmentation fault' })
  })

  it('counts those of an earlier server, starts again what never began, and lets go what is over', async () => {
    const { dir } = tempProject()
    const before = queueFiles(dir)
    for (const run of ['01lives', '01lost', '01over', '01waits']) {
      await before.add({ run: id(run), pipeline: 'p', pipelineName: 'p', pipelineFile: 'p', queuedAt: 1 }, { kind: 'file', cwd: '/', file: 'p', options: {} })
      if (run !== '01waits') await before.take(id(run))
    }
    const o = office({ limit: 2, alive: ['01lives'], queue: before })
    await o.begins('01over')
    await o.begun('01waits')
    const states = new Map((await o.queue.list()).map(({ run, state }) => [String(run), state.kind]))
    expect(states.get('01lives')).toBe('started')
    expect(states.get('01lost')).toBe('waiting')
    expect(states.has('01over')).toBe(false)
    o.end('01waits', 'over')
    await o.begun('01lost')
  })

  it('begins nothing new when it drains, and waits for what runs', async () => {
    const o = office({ limit: 1 })
    await o.add('01a')
    await o.add('01b')
    await o.begun('01a')
    await o.begins('01a')
    let drained = false
    const draining = o.work.drain().then(() => {
      drained = true
    })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(drained).toBe(false)
    o.end('01a')
    await draining
    expect(o.started).toEqual(['01a'])
    expect((await o.queue.list()).map(({ run, state }) => [run, state.kind])).toEqual([['01b', 'waiting']])
  })
})
