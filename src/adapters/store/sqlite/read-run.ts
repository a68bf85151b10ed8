/** A row of the runs table as a record. */
import { brandAs } from '../../../base/brand.ts'
import type { RunId } from '../../../events/run-event.ts'
import type { RunRecord } from '../../../ports/history.ts'

export function readRun(row: Record<string, unknown>): RunRecord {
  const { finished, branch, commit_sha: commit } = row
  return {
    run: brandAs<RunId>(String(row['run'])),
    pipeline: String(row['pipeline']),
    pipelineName: String(row['pipeline_name']),
    pipelineFile: String(row['pipeline_file']),
    sequenceId: Number(row['sequence']),
    startedAt: Number(row['started']),
    status: String(row['status']) as RunRecord['status'],
    ...(finished !== null && { finishedAt: Number(finished) }),
    ...(typeof branch === 'string' && { branch }),
    ...(typeof commit === 'string' && { commit }),
  }
}
