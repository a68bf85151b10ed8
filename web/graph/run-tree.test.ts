import { describe, expect, it } from 'vitest'
import type { StageSummaryNode } from '../../src/events/plan-summary.ts'
import { reduceRun } from '../../src/events/reduce-run.ts'
import type { RunEvent, RunId } from '../../src/events/run-event.ts'
import { emptyView } from '../../src/events/run-view.ts'
import { stepPath } from '../../src/events/step-path.ts'
import { type RunNode, runTree } from './run-tree.ts'

const plan = (stages: readonly StageSummaryNode[]): RunEvent => ({
  kind: 'run.started',
  plan: { pipeline: { identifier: 'p', name: 'p' }, stages },
  sequenceId: 1,
  pipelineFile: 'p.yaml',
})
const started = (...path: readonly string[]): RunEvent => ({ kind: 'step.started', step: stepPath(...path), does: 'runs' })

function tree(...events: readonly RunEvent[]): readonly RunNode[] {
  return runTree(events.reduce((view, event, i) => reduceRun(view, { run: 'r' as RunId, seq: i + 1, at: i, event }), emptyView))
}

const shape = (node: RunNode): unknown => (node.kind === 'step' ? node.key : [node.kind, node.key, ...node.children.map(shape)])

describe('the tree of a run', () => {
  const step = { kind: 'step', path: stepPath('a', 'one'), name: 'one', type: 'Run' } as const

  it('has the stages, groups and steps of the plan', () => {
    const group = { kind: 'group', path: stepPath('a', 'g'), name: 'g', children: [{ ...step, path: stepPath('a', 'g', 'two') }] } as const
    expect(
      tree(plan([{ kind: 'stage', path: stepPath('a'), name: 'a', infrastructure: 'local', steps: [step, { kind: 'parallel', children: [group] }] }])).map(
        shape,
      ),
    ).toEqual([['stage', 'a', 'a/one', ['parallel', 'a/-1', ['group', 'a/g', 'a/g/two']]]])
  })

  it('puts turns that were decided at run time where their loop is, and what nobody planned into its stage', () => {
    const loop = { kind: 'parallel', loop: { path: stepPath('a', 'test'), name: 'test' }, children: [] } as const
    const stage = { kind: 'stage', path: stepPath('a'), name: 'a', infrastructure: 'local', steps: [loop, step] } as const
    const late = [started('a', 'test_0'), started('a', 'test_1', 'inner'), started('a', 'tester')]
    expect(tree(plan([stage]), ...late).map(shape)).toEqual([['stage', 'a', ['parallel', 'a/test', 'a/test_0', 'a/test_1/inner'], 'a/one', 'a/tester']])
  })

  it('calls the turns of a loop by what is different about them', () => {
    const turn = { kind: 'step', path: stepPath('a', 'test_0'), name: 'test (linux)', type: 'Run' } as const
    const loop = { kind: 'parallel', loop: { path: stepPath('a', 'test'), name: 'test' }, children: [turn] } as const
    const [stage] = tree(plan([{ kind: 'stage', path: stepPath('a'), name: 'a', infrastructure: 'local', steps: [loop] }]))
    expect(stage).toMatchObject({ children: [{ loop: { name: 'test' }, children: [{ key: 'a/test_0', name: 'linux' }] }] })
  })

  it('has stages that came up at run time', () => {
    const loop = { path: stepPath('b'), name: 'b' }
    const events = [plan([{ kind: 'parallel', loop, children: [] }]), { kind: 'stage.started', stage: stepPath('b_0') } as const, started('b_0', 'one')]
    expect(tree(...events).map(shape)).toEqual([['parallel', 'b', ['stage', 'b_0', 'b_0/one']]])
  })
})
