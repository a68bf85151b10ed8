/** Random pipelines for tests of flow: stages, groups, parallel members, loops, conditions, strategies, limits and outcomes of every kind. */
import fc from 'fast-check'
import { group, type Node, onFailure, parallel, pipeline, stage, step } from './flow-text.ts'

export type Status = 'Success' | 'Failure' | 'All'
export type Kind = 'Unknown' | 'Connectivity' | 'Authentication' | 'Timeout' | 'ResourceLimitsFailure'
export type End = 'pass' | Kind

export type Act =
  | { readonly kind: 'Ignore' | 'MarkAsSuccess' | 'MarkAsFailure' | 'Abort' | 'StageRollback' }
  | { readonly kind: 'Retry' | 'RetryStepGroup'; readonly count: number; readonly waits: readonly number[]; readonly otherwise: Act }
  | { readonly kind: 'ManualIntervention'; readonly otherwise: Act }

export interface Rule {
  readonly errors: readonly (Kind | 'AllErrors')[]
  readonly act: Act
}

export interface Loop {
  readonly times: number
  readonly max?: number
  readonly skipQueued: boolean
  /** The items are an output of a step: known at run time. */
  readonly late: boolean
}

interface Common {
  readonly id: string
  readonly when: Status
  readonly condition?: boolean
  readonly rules: readonly Rule[]
  readonly loop?: Loop
}

/** Times are in seconds. */
export interface Leaf extends Common {
  readonly kind: 'step'
  readonly works: number
  readonly hangs: boolean
  /** By try; the last one repeats. */
  readonly ends: readonly End[]
  readonly limit?: number
}
export interface Group extends Common {
  readonly kind: 'group'
  readonly nodes: readonly FlowNode[]
}
export interface Parallel {
  readonly kind: 'parallel'
  readonly nodes: readonly (Leaf | Group)[]
}
export type FlowNode = Leaf | Group | Parallel
export interface Stage extends Common {
  readonly nodes: readonly FlowNode[]
  readonly limit?: number
}
export interface Flow {
  /** Members of one entry run side by side. */
  readonly stages: readonly (readonly Stage[])[]
  readonly limit?: number
  readonly abortAfter?: number
}

const often = <T>(arb: fc.Arbitrary<T>, common: T): fc.Arbitrary<T> => fc.oneof({ weight: 3, arbitrary: fc.constant(common) }, { weight: 1, arbitrary: arb })
const maybe = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: arb })
/** Only those of its fields that have a value. */
const some = <T extends object>(arb: fc.Arbitrary<{ [K in keyof T]: T[K] | undefined }>): fc.Arbitrary<T> =>
  arb.map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as T)

const kinds = ['Unknown', 'Connectivity', 'Authentication', 'Timeout', 'ResourceLimitsFailure'] as const
const simple = fc.constantFrom<Act>({ kind: 'Ignore' }, { kind: 'MarkAsSuccess' }, { kind: 'MarkAsFailure' }, { kind: 'StageRollback' }, { kind: 'Abort' })
const again = (kind: 'Retry' | 'RetryStepGroup'): fc.Arbitrary<Act> =>
  fc.record({
    kind: fc.constant(kind),
    count: fc.integer({ min: 1, max: 3 }),
    waits: fc.array(fc.constantFrom(10, 20, 60), { maxLength: 2 }),
    otherwise: simple,
  })
const asked: fc.Arbitrary<Act> = fc.record({ kind: fc.constant('ManualIntervention' as const), otherwise: simple })
const ruleOf = (act: fc.Arbitrary<Act>): fc.Arbitrary<Rule> =>
  fc.record({ errors: fc.uniqueArray(fc.constantFrom<Kind | 'AllErrors'>(...kinds, 'AllErrors'), { minLength: 1, maxLength: 2 }), act })
const rules = often(fc.array(ruleOf(fc.oneof(simple, again('Retry'), asked)), { maxLength: 2 }), [])
const groupRules = often(fc.array(ruleOf(fc.oneof(simple, again('Retry'), again('RetryStepGroup'))), { maxLength: 2 }), [])
const loop = some<Loop>(
  fc.record({ times: fc.integer({ min: 0, max: 4 }), max: maybe(fc.integer({ min: 1, max: 3 })), skipQueued: fc.boolean(), late: often(fc.boolean(), false) }),
)
const common = {
  id: fc.constant(''),
  when: often(fc.constantFrom<Status>('Failure', 'All'), 'Success'),
  condition: maybe(fc.boolean()),
  loop: maybe(loop),
}
const ends = fc.oneof(
  { weight: 3, arbitrary: fc.constant<readonly End[]>(['pass']) },
  { weight: 2, arbitrary: fc.array(fc.constantFrom<End>('pass', 'Unknown', 'Connectivity', 'Authentication', 'Timeout'), { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<readonly End[]>(['ResourceLimitsFailure']) },
)
/** Usually on the given digit, so that limits do not fall on the end of the work they limit; sometimes they do. */
const limitAt = (digit: number, min: number, max: number): fc.Arbitrary<number> =>
  fc.tuple(fc.integer({ min, max }), often(fc.constant(0), digit)).map(([tens, ones]) => tens * 10 + ones)
const leaf: fc.Arbitrary<Leaf> = some<Leaf>(
  fc.record({
    ...common,
    rules,
    kind: fc.constant('step' as const),
    works: fc.integer({ min: 1, max: 6 }).map((n) => n * 10),
    hangs: often(fc.boolean(), false),
    ends,
    limit: maybe(limitAt(5, 1, 6)),
  }),
).map((one) => (one.hangs && one.limit === undefined ? { ...one, limit: 35 } : one))

function nodesOf(depth: number): fc.Arbitrary<readonly FlowNode[]> {
  const inner: fc.Arbitrary<Leaf | Group> = depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: groupOf(depth - 1) })
  const side: fc.Arbitrary<Parallel> = fc.record({ kind: fc.constant('parallel' as const), nodes: fc.array(inner, { minLength: 1, maxLength: 3 }) })
  return fc.array(fc.oneof<fc.Arbitrary<FlowNode>[]>(inner, inner, side), { minLength: 1, maxLength: 4 })
}

function groupOf(depth: number): fc.Arbitrary<Group> {
  return some<Group>(fc.record({ ...common, rules: groupRules, kind: fc.constant('group' as const), nodes: nodesOf(depth) }))
}

const stageOf: fc.Arbitrary<Stage> = some<Stage>(fc.record({ ...common, rules, nodes: nodesOf(2), limit: maybe(limitAt(3, 2, 20)) }))

export const flows: fc.Arbitrary<Flow> = some<Flow>(
  fc.record({
    stages: fc.array(fc.array(stageOf, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
    limit: maybe(limitAt(7, 2, 40)),
    abortAfter: maybe(limitAt(1, 1, 40)),
  }),
).map((flow) => numbered(flow))

function numbered(flow: Flow): Flow {
  let next = 0
  const named = <T extends Common>(one: T): T => ({ ...one, id: `n${++next}` })
  const inside = (nodes: readonly FlowNode[]): readonly FlowNode[] =>
    nodes.map((node) => {
      if (node.kind === 'step') return named(node)
      if (node.kind === 'group') return { ...named(node), nodes: inside(node.nodes) }
      return { ...node, nodes: inside(node.nodes) as readonly (Leaf | Group)[] }
    })
  return { ...flow, stages: flow.stages.map((members) => members.map((one) => ({ ...named(one), nodes: inside(one.nodes) }))) }
}

/** Its first stage gives the lists that late loops go through. */
export function textOf(flow: Flow): string {
  const lists = step('lists', Object.fromEntries([0, 1, 2, 3, 4].map((n) => [`FAKE_OUT_L${n}`, Array.from({ length: n }, (_, i) => `i${i}`).join(',')])))
  const stages = flow.stages.map((members) => {
    const nodes = members.map((one) =>
      stage(one.id, one.nodes.map(nodeOf), { ...moreOf(one, 'pipelineStatus'), ...(one.limit !== undefined && { timeout: `${one.limit}s` }) }),
    )
    return nodes.length === 1 ? (nodes[0] as Node) : parallel(...nodes)
  })
  return pipeline([stage('first', [lists]), ...stages], flow.limit === undefined ? {} : { timeout: `${flow.limit}s` })
}

function nodeOf(node: FlowNode): Node {
  if (node.kind === 'parallel') return parallel(...node.nodes.map(nodeOf))
  if (node.kind === 'group') return group(node.id, node.nodes.map(nodeOf), moreOf(node, 'stageStatus'))
  const env = {
    FAKE_SLEEP: `${node.works}s`,
    ...(node.hangs && { FAKE_HANG: 'true' }),
    ...(node.ends[0] === 'ResourceLimitsFailure' && { FAKE_OOM: 'true' }),
    FAKE_EXIT: node.ends.map((end) => (end === 'Unknown' ? '1' : '0')).join(','),
    FAKE_FAIL: node.ends.map((end) => (end === 'Connectivity' || end === 'Authentication' || end === 'Timeout' ? end : 'no')).join(','),
  }
  return step(node.id, env, { ...moreOf(node, 'stageStatus'), ...(node.limit !== undefined && { timeout: `${node.limit}s` }) })
}

function moreOf({ when, condition, rules: all, loop: turns }: Common, status: string): Node {
  const items = `<+pipeline.stages.first.spec.execution.steps.lists.output.outputVariables.L${turns?.times}>`
  const limits = { ...(turns?.max !== undefined && { maxConcurrency: turns.max }), ...(turns?.skipQueued === true && { onFailure: 'SkipQueued' }) }
  return {
    when: { [status]: when, ...(condition !== undefined && { condition: String(condition) }) },
    ...(turns !== undefined && { strategy: { repeat: { ...(turns.late && turns.times > 0 ? { items } : { times: turns.times }), ...limits } } }),
    ...(all.length > 0 && { failureStrategies: all.map(({ errors, act }) => onFailure(errors, act.kind, specOf(act))) }),
  }
}

function specOf(act: Act): Node | undefined {
  if (act.kind === 'ManualIntervention') return { timeout: '1h', onTimeout: { action: { type: act.otherwise.kind } } }
  if (!('count' in act)) return undefined
  return {
    retryCount: act.count,
    ...(act.waits.length > 0 && { retryIntervals: act.waits.map((wait) => `${wait}s`) }),
    onRetryFailure: { action: { type: act.otherwise.kind } },
  }
}
