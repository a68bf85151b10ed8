/** Pipeline text to model: parse, fill the inputs in, read, and check what spans several places. All findings at once. */
import { byPlace, type Diagnostic, diagnose, hasErrors } from '../base/diagnostic.ts'
import type { Checked } from '../base/result.ts'
import type { SourceFile } from '../text/source-file.ts'
import { parseYaml } from '../yaml/parse.ts'
import { checkIds } from './check-ids.ts'
import { checkStages } from './check-stages.ts'
import { fillInputs, type Inputs } from './inputs.ts'
import { type Pipeline, pipelineDocument } from './pipeline.ts'

export interface ReadOptions {
  /** Values for `<+input>`, by path. */
  readonly inputs: Inputs
}

export function readPipeline(file: SourceFile, o: ReadOptions): Checked<Pipeline> {
  const { documents, diagnostics: syntax } = parseYaml(file)
  const diagnostics: Diagnostic[] = [...syntax]
  const report = (d: Diagnostic): void => void diagnostics.push(d)
  const [root, second] = documents
  if (root === undefined || root.kind !== 'map') {
    if (!hasErrors(diagnostics)) report(diagnose('MODEL_NO_PIPELINE', {}, { at: root?.at ?? file.span(0) }))
    return { ok: false, diagnostics }
  }
  if (second !== undefined)
    report(diagnose('YAML_WRONG_KIND', { path: 'document', expected: 'one document with one pipeline', found: 'several' }, { at: second.at }))
  const pipeline = pipelineDocument.read(fillInputs(root, o.inputs, report), report, '')?.pipeline
  if (pipeline !== undefined) {
    checkIds(pipeline, report)
    checkStages(pipeline, report)
  }
  diagnostics.sort(byPlace)
  return pipeline === undefined || hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: pipeline, diagnostics }
}
