import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../test/support/fake-clock.ts'
import { brandAs } from '../base/brand.ts'
import type { Recorded, RunEvent, RunId } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import type { Sink } from '../ports/sink.ts'
import { recorder } from './recorder.ts'
import { redactor } from './redactor.ts'

const event = (text: string): RunEvent => ({ kind: 'step.output', step: stepPath('s'), stream: 'out', text })

function sink(name: string, o: { readonly write?: (one: Recorded) => void | Promise<void>; readonly close?: () => Promise<void> } = {}) {
  const seen: number[] = []
  let closed = 0
  const made: Sink = {
    name,
    async write(one) {
      await o.write?.(one)
      seen.push(one.seq)
    },
    async close() {
      closed += 1
      await o.close?.()
    },
  }
  return { made, seen, closed: () => closed }
}

const story = (...sinks: readonly Sink[]) => recorder({ run: brandAs<RunId>('r'), clock: fakeClock(), redactor: redactor(), sinks })

describe('the recorder', () => {
  it('numbers events without gaps and hands them over in order, also when nobody waits', async () => {
    const slow = sink('slow', { write: async ({ seq }) => new Promise((resolve) => setTimeout(resolve, seq === 1 ? 20 : 0)) })
    const { emit, close } = story(slow.made)
    void emit(event('a'))
    void emit(event('b'))
    await emit(event('c'))
    expect(slow.seen).toEqual([1, 2, 3])
    expect(await close()).toEqual([])
  })

  it('lets whoever emits wait for a slow sink', async () => {
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const { emit } = story(sink('slow', { write: () => gate }).made)
    let told = false
    const telling = emit(event('a')).then(() => {
      told = true
    })
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(told).toBe(false)
    open()
    await telling
    expect(told).toBe(true)
  })

  it('drops a sink that fails, reports it once, and goes on with the others', async () => {
    const broken = sink('broken', { write: () => Promise.reject(new Error('full')), close: () => Promise.reject(new Error('still full')) })
    const good = sink('good')
    const { emit, close } = story(broken.made, good.made)
    for (const text of ['a', 'b', 'c']) await emit(event(text))
    expect((await close()).map((failure) => [failure.sink, String(failure.error)])).toEqual([['broken', 'Error: full']])
    expect([good.seen, good.closed(), broken.closed()]).toEqual([[1, 2, 3], 1, 1])
  })

  it('reports a sink that fails in the end only', async () => {
    const { close } = story(sink('late', { close: () => Promise.reject(new Error('full')) }).made)
    expect((await close()).map(({ sink: name }) => name)).toEqual(['late'])
  })

  it('closes each sink once, however often it is closed', async () => {
    const one = sink('one')
    const { emit, close } = story(one.made)
    await emit(event('a'))
    await close()
    await close()
    expect(one.closed()).toBe(1)
  })
})
