/** Whether the stages that were named are there, and whether their author meant them to run alone. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { stagesOfPipeline } from '../../pipeline/check-ids.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { didYouMean } from '../../text/suggest.ts'

export function checkSelection(selected: ReadonlySet<string> | undefined, pipeline: Pipeline | undefined): readonly Diagnostic[] {
  if (selected === undefined || pipeline === undefined) return []
  const known = new Set(stagesOfPipeline(pipeline).map(({ identifier }) => identifier))
  const missing = [...selected].filter((name) => !known.has(name))
  if (missing.length > 0)
    return missing.map((stage) => diagnose('STAGE_SELECTED_UNKNOWN', { stage }, { hint: didYouMean(stage, known) ?? `stages: ${[...known].join(', ')}` }))
  return pipeline.allowStageExecutions === true || selected.size === known.size ? [] : [diagnose('STAGE_SELECTION_UNUSUAL', {})]
}
