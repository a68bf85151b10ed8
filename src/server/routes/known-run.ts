/** The run that an address names, and its line. */
import type * as v from 'valibot'
import { problem } from '../../base/problem.ts'
import type { RunRecord } from '../../ports/history.ts'
import { mayHaveDied } from '../follow/may-have-died.ts'
import type { ServerParts } from '../parts.ts'
import type { runRow } from '../schemas/run-schema.ts'

export type RunRow = v.InferOutput<typeof runRow>

type Queued = Awaited<ReturnType<ServerParts['desk']['queued']>>[number]

export async function runOf(run: string, parts: ServerParts): Promise<RunRecord> {
  await mayHaveDied(parts)
  const record = await parts.history.find(run)
  if (record === undefined) throw problem('RUN_NOT_FOUND', { run })
  return record
}

export function rowOf(record: RunRecord): RunRow {
  return { ...record }
}

/** Of one that has not begun, or could not. */
export function queuedRow({ run, pipeline, pipelineName, pipelineFile, branch, queuedAt, state }: Queued): RunRow {
  const about = { run, pipeline, pipelineName, pipelineFile, startedAt: queuedAt, ...(branch !== undefined && { branch }) }
  return state.kind === 'refused' ? { ...about, status: 'refused', refusal: state.why } : { ...about, status: 'queued' }
}

/** What has begun is in the history, and no longer told as queued. */
export async function queuedRows({ desk, history }: Pick<ServerParts, 'desk' | 'history'>): Promise<readonly RunRow[]> {
  const rows = []
  for (const one of await desk.queued()) if (one.state.kind !== 'started' || (await history.find(one.run)) === undefined) rows.push(queuedRow(one))
  return rows.reverse()
}
