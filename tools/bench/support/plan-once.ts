/** `node plan-once.ts FILE`: reads and plans a pipeline, and prints what that took as JSON. A process of its own, so that memory counts. */
import { readFileSync } from 'node:fs'
import { readPipeline } from '../../../src/pipeline/read-pipeline.ts'
import { noFacts } from '../../../src/plan/facts.ts'
import { planner } from '../../../src/plan/planner.ts'
import { sourceFile } from '../../../src/text/source-file.ts'

export interface PlanFigures {
  readonly readMs: number
  readonly planMs: number
  /** Peak of the whole process. */
  readonly peakMB: number
}

const file = process.argv[2] ?? ''
const text = readFileSync(file, 'utf8')
const started = performance.now()
const read = readPipeline(sourceFile(file, text), { inputs: {} })
const readAt = performance.now()
if (!read.ok) throw new Error(JSON.stringify(read.diagnostics[0]))
const plan = planner(read.value, { file, facts: noFacts }).plan()
const plannedAt = performance.now()
if (!plan.ok) throw new Error(JSON.stringify(plan.diagnostics[0]))
const figures: PlanFigures = { readMs: readAt - started, planMs: plannedAt - readAt, peakMB: process.resourceUsage().maxRSS / 1024 }
process.stdout.write(JSON.stringify(figures))
