import { describe, expect, it } from 'vitest'
import { emptyView, type RunView } from '../../src/events/run-view.ts'
import { codeDifferences, compareRuns } from './compare-runs.ts'

const step = (path: string, more: object) => ({ path, name: path, type: 'Run', status: 'passed', outputs: [], delivered: [], ...more })
const view = (...steps: readonly { readonly path: string }[]): RunView =>
  ({ ...emptyView, steps: new Map(steps.map((one) => [one.path, one])) }) as unknown as RunView

describe('two runs', () => {
  it('are compared step by step', () => {
    const before = view(step('a', { startedAt: 0, finishedAt: 100, outputs: [{ name: 'v', value: '1', secret: false }] }), step('old', {}))
    const facts = [{ about: 'variable', name: 'LEVEL', text: 'debug' }]
    const after = view(
      step('a', { status: 'failed', startedAt: 0, finishedAt: 300, outputs: [{ name: 'v', value: '2', secret: false }], facts }),
      step('new', {}),
    )
    expect(compareRuns(before, after)).toEqual([
      {
        path: 'a',
        name: 'a',
        before: { status: 'passed', ms: 100 },
        after: { status: 'failed', ms: 300 },
        differs: [
          { what: 'variable LEVEL', before: '', after: 'debug' },
          { what: 'output v', before: '1', after: '2' },
        ],
      },
      { path: 'new', name: 'new', before: undefined, after: { status: 'passed', ms: undefined }, differs: [] },
      { path: 'old', name: 'old', before: { status: 'passed', ms: undefined }, after: undefined, differs: [] },
    ])
  })

  it('say which code they were made of', () => {
    const of = (commitSha: string): RunView => ({ ...emptyView, codebase: { branch: 'main', commitSha } }) as RunView
    expect(codeDifferences(of('1'), of('2'))).toEqual([{ what: 'commit', before: '1', after: '2' }])
  })
})
