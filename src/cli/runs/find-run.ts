/** The run that people mean: by id or the beginning of one, by `#NUMBER` or `PIPELINE#NUMBER`, or `last`. */
import { problem } from '../../base/problem.ts'
import type { History, RunName, RunRecord } from '../../ports/history.ts'
import { nearest } from '../../text/suggest.ts'

export const runArgument = 'id or its beginning, #NUMBER, PIPELINE#NUMBER or last'

export async function findRun(name: string, history: History): Promise<RunRecord> {
  const [first, ...others] = await candidates(name, history)
  if (first === undefined) throw await unknown(name, history)
  if (others.length > 0) throw problem('RUN_AMBIGUOUS', { run: name, runs: [first, ...others].map(nameOf).join(', ') })
  return first
}

/** As messages name it: short for people, and good for the next command. */
export function nameOf({ pipelineName, sequenceId, run }: RunRecord): string {
  return `${pipelineName}#${sequenceId} (${run})`
}

async function candidates(name: string, history: History): Promise<readonly RunRecord[]> {
  if (name === 'last') return history.list({ limit: 1 })
  const exact = await history.find(name)
  if (exact !== undefined) return [exact]
  const [, pipeline = '', number] = /^(.*?)#?(\d{1,15})$/.exec(name) ?? []
  const counted = number !== undefined && (name.includes('#') || pipeline === '')
  const byNumber: RunName | undefined = counted ? { sequenceId: Number(number), ...(pipeline !== '' && { pipeline }) } : undefined
  const found = byNumber === undefined ? [] : await history.named(byNumber)
  return found.length > 0 ? found : history.named({ prefix: name })
}

async function unknown(name: string, history: History): Promise<Error> {
  const recent = await history.list({ limit: 1000 })
  const near = nearest(
    name,
    recent.flatMap(({ run, pipelineName, sequenceId }) => [run, `${pipelineName}#${sequenceId}`]),
  )
  return problem('RUN_NOT_FOUND', { run: name }, near === undefined ? {} : { hint: `did you mean ${near}? \`slipway runs list\` shows the runs` })
}
