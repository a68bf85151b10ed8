/** What `plan --json` writes for large pipelines: as much again for as many steps again, and no piece larger than a stage. */
import { describe, expect, it } from 'vitest'
import { largePipeline, stepsPerStage } from '../../tools/bench/support/large-pipeline.ts'
import { canonicalParts } from '../base/json.ts'
import { readPipeline } from '../pipeline/read-pipeline.ts'
import { sourceFile } from '../text/source-file.ts'
import { noFacts } from './facts.ts'
import { planner } from './planner.ts'

function piecesOf(stages: number): readonly number[] {
  const read = readPipeline(sourceFile('large.yaml', largePipeline(stages)), { inputs: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  const plan = planner(read.value, { file: 'large.yaml', facts: noFacts }).plan()
  if (!plan.ok) throw new Error(JSON.stringify(plan.diagnostics))
  return [...canonicalParts(plan.value, 2)].map((part) => part.length)
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)

describe('the plan of a large pipeline', () => {
  it('grows with its steps and not faster, and is written stage by stage', () => {
    const [some, twice] = [piecesOf(20), piecesOf(40)]
    expect(sum(twice) / sum(some)).toBeLessThan(2.05)
    expect(sum(twice) / (40 * stepsPerStage)).toBeLessThan(2_000)
    expect(Math.max(...twice)).toBeLessThan(2_000 * stepsPerStage)
    expect(Math.max(...twice) / Math.max(...some)).toBeLessThan(1.1)
  })
})
