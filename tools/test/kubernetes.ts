/** `npm run test:kubernetes`: tests against a real cluster. Sweeps processes that tests left behind, and says which. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sweepProcesses } from '../../test/support/process-notes.ts'
import { runVitest } from './vitest.ts'

const notes = mkdtempSync(join(tmpdir(), 'slipway-kubernetes-test-'))
try {
  process.exitCode = await runVitest(['--config', 'vitest.kubernetes.config.ts', ...process.argv.slice(2)], { ...process.env, SLIPWAY_TEST_PIDS: notes })
} finally {
  for (const pid of sweepProcesses(notes)) process.stderr.write(`test: process group ${pid} was left behind and has been ended\n`)
  rmSync(notes, { recursive: true, force: true })
}
