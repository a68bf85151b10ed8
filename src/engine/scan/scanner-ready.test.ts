import { describe, expect, it } from 'vitest'
import { passingMemory } from '../../adapters/scan-memory/passing-memory.ts'
import { diagnose } from '../../base/diagnostic.ts'
import { readPipeline } from '../../pipeline/read-pipeline.ts'
import { noFacts } from '../../plan/facts.ts'
import type { Plan, StagePlan } from '../../plan/plan.ts'
import { planner } from '../../plan/planner.ts'
import type { Scanner } from '../../ports/scanner.ts'
import { sourceFile } from '../../text/source-file.ts'
import { scannerReady } from './scanner-ready.ts'

const missing = diagnose('SCAN_DATABASE_MISSING', { scanner: 'own', reason: 'there is none', remedy: 'Import one.' })
const signal = new AbortController().signal

const build = {
  type: 'BuildAndPushDockerRegistry',
  spec: { connectorRef: 'hub', repo: 'a/b', tags: ['1'], envVariables: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'i.tar' } },
}
const target = { type: 'container', detection: 'manual', name: 'a', variant: '1', workspace: '/harness/i.tar' }
const scan = { type: 'AquaTrivy', spec: { mode: 'orchestration', config: 'default', target, image: { type: 'local_archive' } } }
const read = { type: 'AquaTrivy', spec: { mode: 'ingestion', config: 'default', target, ingestion: { file: '/harness/r.json' } } }
const run = { type: 'Run', spec: { shell: 'Sh', command: 'slipway db import mirror' } }

type Step = { readonly type: string; readonly spec: object; readonly when?: object }

function planned(stages: Readonly<Record<string, readonly Step[]>>, on: 'local' | 'fake' = 'local'): Plan {
  const stage = ([identifier, steps]: readonly [string, readonly Step[]]) => ({
    stage: {
      identifier,
      name: identifier,
      type: 'CI',
      spec: { platform: { os: 'Linux' }, execution: { steps: steps.map((step, i) => ({ step: { identifier: `s${i}`, name: `s${i}`, ...step } })) } },
    },
  })
  const text = JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: Object.entries(stages).map(stage) } })
  const pipeline = readPipeline(sourceFile('p.yaml', text), { inputs: {} })
  if (!pipeline.ok) throw new Error(JSON.stringify(pipeline.diagnostics))
  const plan = planner(pipeline.value, { file: 'p.yaml', facts: { ...noFacts, on } }).plan()
  if (!plan.ok) throw new Error(JSON.stringify(plan.diagnostics))
  return plan.value
}

async function said(plan: Plan, withoutDatabase: 'error' | 'not-scanned' = 'error'): Promise<string> {
  const scanner: Scanner = { name: 'own', check: async () => [missing], scan: async () => Promise.reject(new Error('asked')) }
  const parts = { scanner, withoutDatabase, baselines: new Map(), memory: passingMemory() }
  const found = await scannerReady(plan.stages[0] as StagePlan, plan, { scan: parts, signal })
  return found.map(({ severity }) => severity).join()
}

describe('a scanner without a database', () => {
  it.each<[string, Readonly<Record<string, readonly Step[]>>, string]>([
    ['is an error before the build in front of the scan', { one: [build, scan] }, 'error'],
    ['is an error before the build of an earlier stage', { one: [build], two: [scan] }, 'error'],
    ['is a warning where a command may bring the database', { one: [run, build, scan] }, 'warning'],
    ['is an error where the command comes too late', { one: [build, scan, run] }, 'error'],
    ['is no matter of a pipeline that does not scan', { one: [build] }, ''],
    ['is no matter of results that somebody else wrote', { one: [build, read] }, ''],
    ['is no matter of a scan after a failure', { one: [build, { ...scan, when: { stageStatus: 'Failure' } }] }, ''],
    [
      'is no matter of a scan under a condition',
      { one: [build, { ...scan, when: { stageStatus: 'Success', condition: '<+codebase.branch> == "main"' } }] },
      '',
    ],
  ])('%s', async (_what, stages, expected) => expect(await said(planned(stages))).toBe(expected))

  it('is no matter where it is allowed, and on fake', async () => {
    expect(await said(planned({ one: [build, scan] }), 'not-scanned')).toBe('')
    expect(await said(planned({ one: [build, scan] }, 'fake'))).toBe('')
  })
})
