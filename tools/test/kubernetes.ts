/**
 * `npm run test:kubernetes`: tests against a real cluster. Sweeps processes that tests left behind, and says which.
 * `-- --record` writes down what is said to the cluster, for the tests of every run.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sweepProcesses } from '../../test/support/process-notes.ts'
import { runVitest } from './vitest.ts'

const notes = mkdtempSync(join(tmpdir(), 'slipway-kubernetes-test-'))
const args = process.argv.slice(2).filter((word) => word !== '--record')
const record = process.argv.includes('--record')
const what = record ? ['test/kubernetes/transcripts.test.ts', ...args] : args
try {
  process.exitCode = await runVitest(['--config', 'vitest.kubernetes.config.ts', ...what], {
    ...process.env,
    SLIPWAY_TEST_PIDS: notes,
    ...(record && { SLIPWAY_RECORD: '1' }),
  })
} finally {
  for (const pid of sweepProcesses(notes)) process.stderr.write(`test: process group ${pid} was left behind and has been ended\n`)
  rmSync(notes, { recursive: true, force: true })
}
