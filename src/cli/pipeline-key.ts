/** Whose runs are counted together: pipelines of one name in different projects are different pipelines. */
import type { Pipeline } from '../pipeline/pipeline.ts'

export function pipelineKey(pipeline: Pipeline): string {
  return [pipeline.orgIdentifier ?? 'default', pipeline.projectIdentifier ?? 'default', pipeline.identifier].join('/')
}
