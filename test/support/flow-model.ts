/**
 * What a random pipeline must come to, worked out on paper: when each step begins and ends, and how. A second opinion on the engine, so it shares
 * nothing with it: times are computed, nothing runs. Where two things happen at one moment and either may come first, there is a forecast for each.
 */
import { allWays, type Toss } from './all-ways.ts'
import type { Act, Flow, FlowNode, Group, Kind, Leaf, Loop, Rule, Stage, Status } from './random-flow.ts'

export type Verdict = 'passed' | 'failed' | 'ignored' | 'skipped' | 'aborted'

/** One time that a step was reached. */
export interface StepRun {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly verdict: Verdict
}

export interface Foreseen extends StepRun {
  /** It ended at the very moment at which everything was ended: either way is right. */
  readonly orAborted?: true
  /** Nobody may have come to count it before everything was ended. */
  readonly perhaps?: true
  /** When the try of a group began in which it is, unless that is the first. */
  readonly again?: number
  /** When the loop was reached in which it is, if its turns are known only then. */
  readonly counted?: number
}

export interface Forecast {
  readonly runs: readonly Foreseen[]
  readonly end: number
  readonly verdict: 'passed' | 'failed' | 'aborted' | 'too long'
  /** When everything was ended. */
  readonly cut: number | undefined
}

/** More ways than this are not followed. */
const mostWays = 400

interface Done {
  readonly end: number
  readonly bad: boolean
}

interface GroupTry {
  readonly path: string
  readonly tries: number
  readonly outer: GroupTry | undefined
  wanted?: number
}

interface At {
  readonly parent: string
  /** Innermost first. */
  readonly levels: readonly { readonly rules: readonly Rule[]; readonly group?: string }[]
  readonly group: GroupTry | undefined
  readonly since: Since
  readonly paper: Paper
}

type Since = Pick<Foreseen, 'again' | 'counted'>

interface Paper {
  readonly toss: Toss
  readonly runs: Foreseen[]
  readonly aborts: number[]
  readonly tries: Map<string, number>
  /** Beginnings of the paths below loops that were unrolled at run time: what is inside them is known from then on. */
  readonly unrolled: Set<string>
}

/** Undefined: too many ways. */
export function forecasts(flow: Flow): readonly Forecast[] | undefined {
  return allWays((toss) => forecast(flow, toss), mostWays)
}

function forecast(flow: Flow, toss: Toss): Forecast {
  const paper: Paper = {
    toss,
    runs: [{ path: 'first/lists', start: 0, end: 0, verdict: 'passed' }],
    aborts: [],
    tries: new Map(),
    unrolled: new Set(),
  }
  let now = 0
  let bad = false
  for (const members of flow.stages) {
    const done = members.map((one) =>
      looped(
        one,
        now,
        {},
        (path, at, since) => stageAt(one, path, at, bad, since, paper),
        (path, at, since) => skipStage(one, path, at, since, paper),
        '',
        paper,
      ),
    )
    now = Math.max(...done.map(({ end }) => end))
    bad ||= done.some((one) => one.bad)
  }
  const limit = reached(flow.limit, now, toss)
  const stop = reached(flow.abortAfter, now, toss)
  const cuts = [...paper.aborts, ...limit, ...stop]
  if (cuts.length === 0) return { runs: paper.runs, end: now, verdict: bad ? 'failed' : 'passed', cut: undefined }
  const cut = Math.min(...cuts)
  const byStrategy = paper.aborts.includes(cut)
  const alone = cuts.filter((one) => one === cut).length === 1 && paper.runs.filter((run) => run.end === cut && run.start < cut).length === 1
  const tooLong = limit.includes(cut) && (byStrategy || stop.includes(cut) ? toss() : true)
  // A step that ends everything has ended before.
  return { runs: cutOff(paper.runs, cut, byStrategy && alone), end: cut, verdict: tooLong ? 'too long' : 'aborted', cut }
}

function reached(limit: number | undefined, end: number, toss: Toss): readonly number[] {
  return limit !== undefined && (end > limit || (end === limit && toss())) ? [limit] : []
}

/** `clear`: what ended at that moment by itself has ended before. */
function cutOff(runs: readonly Foreseen[], cut: number, clear: boolean): Foreseen[] {
  return runs.flatMap((run): readonly Foreseen[] => {
    // Since when it is counted or begins again is kept: what ends the run may come before what ended its stage.
    const { orAborted: _, ...own } = run
    const { again = -1, counted = -1 } = run
    // A group that is to begin again does not when everything is over.
    if (again > cut) return []
    if (run.end < cut) return [run]
    const perhaps = run.perhaps === true || again === cut || (counted >= cut && run.start >= cut)
    const stopped = { ...own, start: Math.min(run.start, cut), end: cut, ...(perhaps && { perhaps: true as const }) }
    if (run.end > cut || (clear && (run.start === cut || run.verdict === 'skipped'))) return [{ ...stopped, verdict: 'aborted' }]
    return [clear ? stopped : { ...stopped, orAborted: true }]
  })
}

function stageAt(one: Stage, path: string, start: number, badBefore: boolean, since: Since, paper: Paper): Done {
  if (!runs(one, badBefore)) return skipStage(one, path, start, since, paper)
  const own: Paper = { ...paper, runs: [], aborts: [] }
  const done = sequence(one.nodes, start, false, { parent: path, levels: [{ rules: one.rules }], group: undefined, since, paper: own })
  const [cut] = reached(one.limit === undefined ? undefined : start + one.limit, done.end, paper.toss)
  if (cut === undefined) {
    paper.runs.push(...own.runs)
    paper.aborts.push(...own.aborts)
    return done
  }
  paper.runs.push(...cutOff(own.runs, cut, false))
  paper.aborts.push(...own.aborts.filter((at) => at < cut || (at === cut && paper.toss())))
  const act = ruleOf('Timeout', [{ rules: one.rules }])?.rule.act
  if (act?.kind === 'Abort') paper.aborts.push(cut)
  return { end: cut, bad: act?.kind !== 'Ignore' && act?.kind !== 'MarkAsSuccess' }
}

function skipStage(one: Stage, path: string, at: number, since: Since, paper: Paper): Done {
  skipped(one.nodes, path, at, since, paper)
  return { end: at, bad: false }
}

function sequence(nodes: readonly FlowNode[], start: number, badBefore: boolean, at: At): Done {
  let now = start
  let bad = false
  for (const node of nodes) {
    const done = nodeAt(node, now, badBefore || bad, at)
    now = done.end
    bad ||= done.bad
  }
  return { end: now, bad }
}

function nodeAt(node: FlowNode, start: number, bad: boolean, at: At): Done {
  if (node.kind === 'parallel') {
    const done = node.nodes.map((one) => nodeAt(one, start, bad, at))
    return { end: Math.max(...done.map(({ end }) => end)), bad: done.some((one) => one.bad) }
  }
  const skip = (path: string, from: number, since: Since): Done => {
    if (node.kind === 'step') at.paper.runs.push({ ...since, path, start: from, end: from, verdict: 'skipped' })
    else skipped(node.nodes, path, from, since, at.paper)
    return { end: from, bad: false }
  }
  const go = (path: string, from: number, since: Since): Done => {
    if (!runs(node, bad)) return skip(path, from, since)
    const here = { ...at, since }
    return node.kind === 'step' ? stepAt(node, path, from, here) : groupAt(node, path, from, node.when === 'Success' && bad, here)
  }
  return looped(node, start, at.since, go, skip, `${at.parent}/`, at.paper)
}

/** So many turns at once; the next one begins with the first that ends. */
function looped(
  node: { readonly id: string; readonly loop?: Loop },
  start: number,
  around: Since,
  go: (path: string, at: number, since: Since) => Done,
  skip: (path: string, at: number, since: Since) => Done,
  lead: string,
  paper: Paper,
): Done {
  const { loop } = node
  if (loop?.late === true) paper.unrolled.add(`${lead}${node.id}_`)
  if (loop === undefined) return go(`${lead}${node.id}`, start, around)
  const since = loop.late ? { ...around, counted: start } : around
  const workers = Array.from({ length: Math.min(loop.max ?? loop.times, loop.times) }, () => ({ free: start, bad: false }))
  const failures: number[] = []
  let end = start
  // When it was known that one had failed.
  let known = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < loop.times; turn++) {
    const worker = workers[turn] ?? workers.reduce((first, other) => (other.free < first.free ? other : first))
    const { free } = worker
    if (loop.skipQueued && turn >= workers.length && free < known) {
      const told = failures.some((at) => at < free) || workers.filter((other) => other.free === free).every(({ bad }) => bad)
      if (told || (failures.includes(free) && paper.toss())) known = free
    }
    const done = (free >= known ? skip : go)(`${lead}${node.id}_${turn}`, free, since)
    Object.assign(worker, { free: done.end, bad: worker.bad || done.bad })
    if (done.bad) failures.push(done.end)
    end = Math.max(end, done.end)
  }
  return { end, bad: failures.length > 0 }
}

function groupAt(node: Group, path: string, start: number, bad: boolean, at: At): Done {
  let now = start
  for (let tries = 0; ; tries++) {
    const group: GroupTry = { path, tries, outer: at.group }
    const since = tries === 0 ? at.since : { ...at.since, again: now }
    const done = sequence(node.nodes, now, bad, { ...at, parent: path, levels: [{ rules: node.rules, group: path }, ...at.levels], group, since })
    if (group.wanted === undefined) return done
    now = done.end + group.wanted
  }
}

function stepAt(node: Leaf, path: string, start: number, at: At): Done {
  const { paper } = at
  const used = new Map<Rule, number>()
  let now = start
  const ended = (verdict: Verdict): Done => {
    paper.runs.push({ ...at.since, path, start, end: now, verdict })
    return { end: now, bad: verdict === 'failed' }
  }
  for (;;) {
    const turn = paper.tries.get(path) ?? 0
    paper.tries.set(path, turn + 1)
    const late = node.limit !== undefined && (node.hangs || node.works > node.limit || (node.works === node.limit && paper.toss()))
    now += late ? (node.limit ?? 0) : node.works
    const end = late ? 'Timeout' : node.ends[Math.min(turn, node.ends.length - 1)]
    if (end === undefined || end === 'pass') return ended('passed')
    const found = ruleOf(end, [{ rules: node.rules }, ...at.levels])
    if (found === undefined) return ended('failed')
    const next = settle(found.rule.act, found.rule, found.group, used, at)
    if (next.kind === 'again') now += next.wait
    else {
      if (next.verdict === 'abort') paper.aborts.push(now)
      return ended(next.verdict === 'abort' ? 'failed' : next.verdict)
    }
  }
}

type Settled = { readonly kind: 'again'; readonly wait: number } | { readonly kind: 'over'; readonly verdict: Verdict | 'abort' }

function settle(act: Act, rule: Rule, of: string | undefined, used: Map<Rule, number>, at: At): Settled {
  switch (act.kind) {
    case 'Ignore':
      return { kind: 'over', verdict: 'ignored' }
    case 'MarkAsSuccess':
      return { kind: 'over', verdict: 'passed' }
    case 'Abort':
      return { kind: 'over', verdict: 'abort' }
    case 'MarkAsFailure':
    case 'StageRollback':
      return { kind: 'over', verdict: 'failed' }
    case 'ManualIntervention':
      return settle(act.otherwise, rule, of, used, at)
    case 'Retry': {
      const before = used.get(rule) ?? 0
      if (before >= act.count) return settle(act.otherwise, rule, of, used, at)
      used.set(rule, before + 1)
      return { kind: 'again', wait: waitOf(act.waits, before) }
    }
    case 'RetryStepGroup': {
      let group = at.group
      while (of !== undefined && group !== undefined && group.path !== of) group = group.outer
      if (group === undefined || group.tries >= act.count) return settle(act.otherwise, rule, of, used, at)
      group.wanted = waitOf(act.waits, group.tries)
      return { kind: 'over', verdict: 'failed' }
    }
  }
}

function waitOf(waits: readonly number[], before: number): number {
  return waits[Math.min(before, waits.length - 1)] ?? 0
}

function ruleOf(kind: Kind, levels: At['levels']): { readonly rule: Rule; readonly group?: string } | undefined {
  for (const { rules, group } of levels) {
    const rule = rules.find(({ errors }) => errors.includes(kind) || errors.includes('AllErrors'))
    if (rule !== undefined) return { rule, ...(group !== undefined && { group }) }
  }
  return undefined
}

function runs({ when, condition = true }: { readonly when: Status; readonly condition?: boolean }, bad: boolean): boolean {
  return condition && (when === 'All' || (when === 'Failure') === bad)
}

/** Loops that were never reached have no turns yet when these are decided at run time. */
function skipped(nodes: readonly FlowNode[], parent: string, at: number, since: Since, paper: Paper): void {
  for (const node of nodes) {
    if (node.kind === 'parallel') {
      skipped(node.nodes, parent, at, since, paper)
      continue
    }
    if (node.loop?.late === true && node.loop.times > 0 && ![...paper.unrolled].some((lead) => parent.startsWith(lead))) continue
    const ids = node.loop === undefined ? [node.id] : Array.from({ length: node.loop.times }, (_, turn) => `${node.id}_${turn}`)
    for (const id of ids) {
      if (node.kind === 'step') paper.runs.push({ ...since, path: `${parent}/${id}`, start: at, end: at, verdict: 'skipped' })
      else skipped(node.nodes, `${parent}/${id}`, at, since, paper)
    }
  }
}
