/** History that ends with the process: for tests, and for runs that shall leave nothing behind. */
import type { Recorded, RunId } from '../../events/run-event.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { Given, History, RunFilter, RunRecord } from '../../ports/history.ts'

export function memoryHistory(): History {
  const runs = new Map<RunId, RunRecord>()
  const givens = new Map<RunId, Given>()
  const events = new Map<RunId, Recorded[]>()
  const sequences = new Map<string, number>()
  const newest = (): readonly RunRecord[] => [...runs.values()].sort((a, b) => b.startedAt - a.startedAt || (a.run < b.run ? 1 : -1))
  const outputOf = (run: RunId, step: string | undefined): readonly Recorded[] =>
    (events.get(run) ?? []).filter(({ event }) => event.kind === 'step.output' && (step === undefined || event.step === step))
  return {
    async begin({ given, ...run }) {
      const sequenceId = (sequences.get(run.pipeline) ?? 0) + 1
      sequences.set(run.pipeline, sequenceId)
      const record: RunRecord = { ...run, sequenceId, status: 'running', ...codeOf(given?.codebase) }
      runs.set(run.run, record)
      if (given !== undefined) givens.set(run.run, given)
      events.set(run.run, [])
      return record
    },
    async append(recorded) {
      for (const one of recorded) {
        events.get(one.run)?.push(one)
        const record = runs.get(one.run)
        if (record !== undefined && one.event.kind === 'run.finished') {
          runs.set(one.run, { ...record, status: one.event.outcome.kind, finishedAt: one.at })
        }
        if (record !== undefined && one.event.kind === 'code.placed' && one.event.underBuild) runs.set(one.run, { ...record, ...codeOf(one.event.codebase) })
      }
    },
    // Whoever could ask is the process that runs them.
    recover: async () => [],
    resume: async () => undefined,
    list: async (filter = {}) =>
      newest()
        .filter((run) => matches(run, filter))
        .slice(0, filter.limit ?? 50),
    find: async (run) => [...runs.values()].find((record) => record.run === run),
    named: async (name) =>
      newest()
        .filter((run) => ('prefix' in name ? run.run.startsWith(name.prefix) : run.sequenceId === name.sequenceId && matches(run, name)))
        .slice(0, 20),
    given: async (run) => givens.get(run),
    async *events(run, { after = 0, outputAfter = 0, step } = {}) {
      yield* (events.get(run) ?? []).filter(
        ({ seq, event }) =>
          seq > (event.kind === 'step.output' ? Math.max(after, outputAfter) : after) && (step === undefined || ('step' in event && event.step === step)),
      )
    },
    async outputMark(run, { lines, since, step }) {
      const output = outputOf(run, undefined)
      const young = since === undefined ? 0 : output.findIndex(({ at }) => at >= since)
      const first = Math.max(young === -1 ? output.length : young, lines === undefined ? 0 : linesFromEnd(output, lines, step))
      return output[first - 1]?.seq ?? 0
    },
    async remove(gone) {
      for (const run of gone) for (const kept of [runs, givens, events]) kept.delete(run)
    },
    strays: async () => ({ count: 0, bytes: 0 }),
    close: async () => undefined,
  }
}

function codeOf(code: CodebaseFacts | undefined): Pick<RunRecord, 'branch' | 'commit'> {
  const { branch, commitSha } = code ?? {}
  return { ...(branch !== undefined && { branch }), ...(commitSha !== undefined && { commit: commitSha }) }
}

function matches(run: RunRecord, { pipeline, status, branch, text, after }: Omit<RunFilter, 'limit'>): boolean {
  const named = pipeline === undefined || run.pipeline === pipeline || run.pipelineName === pipeline || run.pipeline.split('/').at(-1) === pipeline
  const later = after === undefined || run.startedAt < after.startedAt || (run.startedAt === after.startedAt && run.run < after.run)
  return named && later && (status === undefined || run.status === status) && (branch === undefined || run.branch === branch) && says(run, text)
}

function says(run: RunRecord, text: string | undefined): boolean {
  const wanted = text?.toLowerCase() ?? ''
  const within = [run.pipeline, run.pipelineName, run.branch ?? ''].some((one) => one.toLowerCase().includes(wanted))
  return within || run.run.startsWith(wanted) || String(run.sequenceId) === wanted.replace('#', '')
}

function linesFromEnd(output: readonly Recorded[], lines: number, step: string | undefined): number {
  let ends = 0
  for (let i = output.length - 1; i >= 0; i--) {
    const event = output[i]?.event
    if (event?.kind !== 'step.output' || (step !== undefined && event.step !== step)) continue
    ends += event.text.split('\n').length - 1
    if (ends > lines) return i
  }
  return 0
}
