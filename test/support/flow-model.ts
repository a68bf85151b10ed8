/**
 * What a random pipeline must come to, worked out on paper: when each step begins and ends, and how. A second opinion on the engine, so it shares
 * nothing with it: times are computed, nothing runs.
 */
import type { Act, Flow, FlowNode, Group, Kind, Leaf, Loop, Rule, Stage, Status } from './random-flow.ts'

export type Verdict = 'passed' | 'failed' | 'ignored' | 'skipped' | 'aborted'

/** One time that a step was reached. */
export interface StepRun {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly verdict: Verdict
}

export interface Forecast {
  readonly runs: readonly StepRun[]
  readonly end: number
  readonly verdict: 'passed' | 'failed' | 'aborted' | 'too long'
  /** Something happened at the very moment that decides: either way is right. */
  readonly unclear: boolean
  /** When everything was ended. */
  readonly cut: number | undefined
}

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
  readonly paper: Paper
}

interface Paper {
  runs: StepRun[]
  aborts: number[]
  unclear: boolean
  groupsAgain: boolean
  readonly tries: Map<string, number>
  /** Beginnings of the paths below loops that were unrolled at run time: what is inside them is known from then on. */
  readonly unrolled: Set<string>
}

export function forecast(flow: Flow): Forecast {
  const paper: Paper = {
    runs: [{ path: 'first/lists', start: 0, end: 0, verdict: 'passed' }],
    aborts: [],
    unclear: false,
    groupsAgain: false,
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
        (path, at) => stageAt(one, path, at, bad, paper),
        (path, at) => skipStage(one, path, at, paper),
        '',
        paper,
      ),
    )
    now = Math.max(...done.map(({ end }) => end))
    bad ||= done.some((one) => one.bad)
  }
  const limit = flow.limit !== undefined && now > flow.limit ? flow.limit : undefined
  const stop = flow.abortAfter !== undefined && now > flow.abortAfter ? flow.abortAfter : undefined
  const cuts = [...paper.aborts, ...(limit === undefined ? [] : [limit]), ...(stop === undefined ? [] : [stop])]
  if (cuts.length === 0) return { runs: paper.runs, end: now, verdict: bad ? 'failed' : 'passed', unclear: paper.unclear, cut: undefined }
  const cut = Math.min(...cuts)
  const atOnce = paper.runs.filter((run) => run.end === cut && run.start < cut).length
  const close = [flow.limit, flow.abortAfter].includes(now) || (paper.aborts.includes(cut) && atOnce > 1)
  return {
    runs: cutOff(paper.runs, cut),
    end: cut,
    verdict: cut === limit && !paper.aborts.includes(cut) && cut !== stop ? 'too long' : 'aborted',
    unclear: paper.unclear || paper.groupsAgain || close || new Set(cuts.filter((one) => one === cut)).size < cuts.filter((one) => one === cut).length,
    cut,
  }
}

function cutOff(runs: readonly StepRun[], cut: number): StepRun[] {
  return runs.map((run) =>
    run.end < cut || (run.end === cut && run.start < cut && run.verdict !== 'skipped')
      ? run
      : { ...run, start: Math.min(run.start, cut), end: cut, verdict: 'aborted' },
  )
}

function stageAt(one: Stage, path: string, start: number, badBefore: boolean, paper: Paper): Done {
  if (!runs(one, badBefore)) return skipStage(one, path, start, paper)
  const own: Paper = { ...paper, runs: [], aborts: [] }
  const done = sequence(one.nodes, start, false, { parent: path, levels: [{ rules: one.rules }], group: undefined, paper: own })
  paper.unclear ||= own.unclear
  paper.groupsAgain ||= own.groupsAgain
  const cut = one.limit === undefined ? undefined : start + one.limit
  if (cut === undefined || done.end < cut) {
    paper.runs.push(...own.runs)
    paper.aborts.push(...own.aborts)
    return done
  }
  if (own.runs.some((run) => run.start === cut || run.end === cut) || own.groupsAgain) paper.unclear = true
  paper.runs.push(...cutOff(own.runs, cut))
  const before = own.aborts.filter((at) => at <= cut)
  paper.aborts.push(...before)
  const act = ruleOf('Timeout', [{ rules: one.rules }])?.rule.act
  if (act?.kind === 'Abort') paper.aborts.push(cut)
  return { end: cut, bad: act?.kind !== 'Ignore' && act?.kind !== 'MarkAsSuccess' }
}

function skipStage(one: Stage, path: string, at: number, paper: Paper): Done {
  skipped(one.nodes, path, at, paper)
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
  const skip = (path: string, from: number): Done => {
    if (node.kind === 'step') at.paper.runs.push({ path, start: from, end: from, verdict: 'skipped' })
    else skipped(node.nodes, path, from, at.paper)
    return { end: from, bad: false }
  }
  const go = (path: string, from: number): Done => {
    if (!runs(node, bad)) return skip(path, from)
    return node.kind === 'step' ? stepAt(node, path, from, at) : groupAt(node, path, from, node.when === 'Success' && bad, at)
  }
  return looped(node, start, go, skip, `${at.parent}/`, at.paper)
}

/** So many turns at once; the next one begins with the first that ends. */
function looped(
  node: { readonly id: string; readonly loop?: Loop },
  start: number,
  go: (path: string, at: number) => Done,
  skip: (path: string, at: number) => Done,
  lead: string,
  paper: Paper,
): Done {
  const { loop } = node
  if (loop?.late === true) paper.unrolled.add(`${lead}${node.id}_`)
  if (loop === undefined) return go(`${lead}${node.id}`, start)
  const workers = Array.from({ length: Math.min(loop.max ?? loop.times, loop.times) }, () => ({ free: start, bad: false }))
  const failures: number[] = []
  let end = start
  for (let turn = 0; turn < loop.times; turn++) {
    const worker = workers[turn] ?? workers.reduce((first, other) => (other.free < first.free ? other : first))
    const alone = workers.filter(({ free }) => free === worker.free).length === 1
    const failed = loop.skipQueued && turn >= workers.length && (failures.some((at) => at < worker.free) || (worker.bad && alone))
    if (loop.skipQueued && turn >= workers.length && !failed && failures.includes(worker.free)) paper.unclear = true
    const done = (failed ? skip : go)(`${lead}${node.id}_${turn}`, worker.free)
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
    const done = sequence(node.nodes, now, bad, { ...at, parent: path, levels: [{ rules: node.rules, group: path }, ...at.levels], group })
    if (group.wanted === undefined) return done
    at.paper.groupsAgain = true
    now = done.end + group.wanted
  }
}

function stepAt(node: Leaf, path: string, start: number, at: At): Done {
  const { paper } = at
  const used = new Map<Rule, number>()
  let now = start
  const ended = (verdict: Verdict): Done => {
    paper.runs.push({ path, start, end: now, verdict })
    return { end: now, bad: verdict === 'failed' }
  }
  for (;;) {
    const turn = paper.tries.get(path) ?? 0
    paper.tries.set(path, turn + 1)
    const late = node.limit !== undefined && (node.hangs || node.works > node.limit)
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
function skipped(nodes: readonly FlowNode[], parent: string, at: number, paper: Paper): void {
  for (const node of nodes) {
    if (node.kind === 'parallel') {
      skipped(node.nodes, parent, at, paper)
      continue
    }
    if (node.loop?.late === true && node.loop.times > 0 && ![...paper.unrolled].some((lead) => parent.startsWith(lead))) continue
    const ids = node.loop === undefined ? [node.id] : Array.from({ length: node.loop.times }, (_, turn) => `${node.id}_${turn}`)
    for (const id of ids) {
      if (node.kind === 'step') paper.runs.push({ path: `${parent}/${id}`, start: at, end: at, verdict: 'skipped' })
      else skipped(node.nodes, `${parent}/${id}`, at, paper)
    }
  }
}
