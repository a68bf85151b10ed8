/** What the keys of one stage cannot say about each other by their shapes alone. */
import { diagnose } from '../base/diagnostic.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { stagesOfPipeline } from './check-ids.ts'
import type { Pipeline } from './pipeline.ts'

export function checkStages(pipeline: Pipeline, report: Report): void {
  for (const stage of stagesOfPipeline(pipeline)) {
    const { infrastructure, runtime, platform } = stage.spec
    const data = { stage: stage.identifier }
    if (infrastructure !== undefined && runtime !== undefined) report(diagnose('MODEL_TWO_INFRASTRUCTURES', data, { at: infrastructure.at }))
    if (infrastructure === undefined && runtime === undefined && platform === undefined) report(diagnose('MODEL_NO_INFRASTRUCTURE', data, { at: stage.at }))
  }
}
