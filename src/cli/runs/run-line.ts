/** A run in one line of a list. */
import { humanDuration } from '../../base/human.ts'
import type { RunRecord } from '../../ports/history.ts'

export function runLine(run: RunRecord): string {
  const took = run.finishedAt === undefined ? '' : humanDuration(run.finishedAt - run.startedAt)
  return `${run.run}  ${`${run.pipelineName} #${run.sequenceId}`.padEnd(30)} ${run.status.padEnd(11)} ${moment(run.startedAt)}  ${took}\n`
}

export function moment(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 19)
}
