/** The run that an address names, and its line. */
import type * as v from 'valibot'
import { problem } from '../../base/problem.ts'
import type { RunRecord } from '../../ports/history.ts'
import { mayHaveDied } from '../follow/may-have-died.ts'
import type { ServerParts } from '../parts.ts'
import type { runRow } from '../schemas/run-schema.ts'

export type RunRow = v.InferOutput<typeof runRow>

export async function runOf(run: string, parts: ServerParts): Promise<RunRecord> {
  await mayHaveDied(parts)
  const record = await parts.history.find(run)
  if (record === undefined) throw problem('RUN_NOT_FOUND', { run })
  return record
}

export function rowOf(record: RunRecord): RunRow {
  return { ...record }
}
