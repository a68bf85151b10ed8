/** Plans a text with fixed facts, as `slipway plan` would with nothing but the file at hand. */
import type { Diagnostic } from '../../src/base/diagnostic.ts'
import { readPipeline } from '../../src/pipeline/read-pipeline.ts'
import { noFacts, type RunFacts } from '../../src/plan/facts.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { planner } from '../../src/plan/planner.ts'
import { sourceFile } from '../../src/text/source-file.ts'

export const sampleFacts: RunFacts = {
  ...noFacts,
  sequenceId: 7,
  executionId: 'k3n8Qw1ZRx2',
  startTs: Date.UTC(2030, 0, 1),
  codebase: { branch: 'main', commitSha: '0123456789abcdef0123456789abcdef01234567', commitMessage: 'a change', repoUrl: 'https://git.example/acme/app' },
}

export interface PlannedText {
  readonly diagnostics: readonly Diagnostic[]
  /** Absent when there are errors. */
  readonly plan?: Plan
}

export function planText(name: string, text: string, facts: RunFacts = sampleFacts): PlannedText {
  const read = readPipeline(sourceFile(name, text), { inputs: {} })
  if (!read.ok) return { diagnostics: read.diagnostics }
  const planned = planner(read.value, { file: name, facts }).plan()
  const diagnostics = [...read.diagnostics, ...planned.diagnostics]
  return planned.ok ? { diagnostics, plan: planned.value } : { diagnostics }
}
