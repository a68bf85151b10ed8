import { describe, expect, it } from 'vitest'
import { cellsOf, figuresOf } from './cells.ts'
import { callsOf, choiceFrom } from './choice.ts'
import { tableText } from './page.ts'
import { readTrials } from './trials.ts'

const line = (tool: string, wall: number, more: object = {}) =>
  JSON.stringify({ wl: 'w2-app', m: 'cold', tool, rc: 0, wall, cpu: 2, rss: 200, mb: 100, ...more })
const cellOf = (...lines: readonly string[]) => cellsOf(readTrials(`${lines.join('\n')}\n`))[0]

describe('cells of the bench of builds', () => {
  it('compare medians with the fastest peer', () => {
    const cell = cellOf(line('ours', 2), line('ours', 9), line('ours', 3), line('buildx', 5), line('buildah', 4))
    expect(cell).toMatchObject({ ratio: 0.75, goal: 0.7, missed: ['time'], ours: { wall: 3 } })
    expect(cell?.peers.map(({ tool }) => tool)).toEqual(['buildah', 'buildx'])
  })

  it('take a peer that is faster than a quarter of a second as if it took that', () => {
    expect(cellOf(line('ours', 0.1), line('buildx', 0.05))).toMatchObject({ ratio: 0.4, missed: [] })
  })

  it('miss by memory and by size too', () => {
    expect(cellOf(line('ours', 1, { rss: 301, mb: 104 }), line('buildx', 5))?.missed).toEqual(['memory', 'size'])
  })

  it('leave failed runs out', () => {
    const cell = cellOf(line('ours', 1), line('buildx', 0.3, { rc: 1 }), line('buildah', 2))
    expect(cell?.peers.map(({ tool }) => tool)).toEqual(['buildah'])
    expect(cellOf(line('ours', 1, { rc: 3 }), line('buildah', 2))?.ours).toBeUndefined()
  })

  it('say in figures and table what is missed', () => {
    const cells = cellsOf(readTrials([line('ours', 4), line('buildx', 5)].join('\n')))
    expect(figuresOf(cells)).toEqual({ 'w2-app cold (goal 0.7, time missed)': 0.8 })
    const choice = choiceFrom({}, { root: '/r', runs: 5 })
    const text = tableText(cells, { machine: { cores: 2, processor: 'p', memoryGB: 4, system: 's', node: 'v24' }, versions: ['buildx 1'], choice })
    expect(text).toContain('| w2-app | cold | 4.00 s (n1) | 5.00 s (n1) | failed | 0.80 | 0.7 | missed: time | 2.0 to 2.0 | 200 | 1.00 |')
    expect(text).toContain('0 of 1 cells meet their goals.')
  })
})

describe('the choice', () => {
  it('takes short names of workloads, and knows when it is not the whole', () => {
    const choice = choiceFrom({ SLIPWAY_BENCH_WORKLOADS: 'w1,w6' }, { root: '/r', runs: 1 })
    expect(choice).toMatchObject({ workloads: ['w1-tiny', 'w6-big'], whole: false, suite: '/shared/bench' })
    expect(choiceFrom({}, { root: '/r', runs: 1 }).whole).toBe(true)
    expect(() => choiceFrom({ SLIPWAY_BENCH_MEASURES: 'hot' }, { root: '/r', runs: 1 })).toThrow('there is no hot')
  })
})

describe('rounds', () => {
  it('are fewer for workloads with the others, and for tools by themselves', () => {
    const choice = choiceFrom({ SLIPWAY_BENCH_WORKLOADS: 'w1,w5', SLIPWAY_BENCH_ROUNDS: 'w5=3,buildah=1' }, { root: '/r', runs: 5 })
    expect(callsOf(choice)).toEqual([
      { tools: ['buildx', 'ours'], workloads: ['w1-tiny'], runs: 5 },
      { tools: ['buildx', 'ours'], workloads: ['w5-copy'], runs: 3 },
      { tools: ['buildah'], workloads: ['w1-tiny', 'w5-copy'], runs: 1 },
    ])
    expect(() => choiceFrom({ SLIPWAY_BENCH_ROUNDS: 'w9=1' }, { root: '/r', runs: 5 })).toThrow('w9=1')
  })
})
