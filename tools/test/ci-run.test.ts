/** .ci/run with a planted npm: the sums, the last line, the exit code, and nothing left running. */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../../test/support/real.ts'
import { needs } from '../../test/support/skip.ts'
import { tempProject } from '../../test/support/temp-project.ts'
import { root } from '../support/root.ts'

function ciRun(unit: string, real: string) {
  const project = tempProject({
    'clone/.ci/run': readFileSync(join(root, '.ci/run')),
    'bin/npm': `#!/bin/sh\nif [ "$1" = test ]; then\n${unit}\nelse\n${real}\nfi\n`,
    'shared/sources/a.md': '',
  })
  for (const file of ['clone/.ci/run', 'bin/npm']) chmodSync(project.path(file), 0o755)
  const env = { PATH: `${project.path('bin')}:${process.env['PATH']}` }
  const done = spawnSync(project.path('clone/.ci/run'), [], { cwd: '/', env, encoding: 'utf8', timeout: 20_000 })
  return { project, out: done.stdout, last: done.stdout.trimEnd().split('\n').at(-1), status: done.status }
}

/** A dead process stays listed as a zombie until its new parent has looked. */
function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  return state !== '' && !state.startsWith('Z')
}

describe(
  '.ci/run',
  needs(
    ['bash', 'ps'].every((name) => findProgram(name, process.env) !== undefined),
    'there is no bash or no ps',
  ),
  () => {
    it('sums both suites and passes', () => {
      const run = ciRun('echo "3 passed, 0 failed, 1 skipped"', 'echo "CI=$CI $SLIPWAY_SAMPLES"; echo "4 passed, 0 failed"; echo notice')
      expect(run.out).toContain(`CI=true ${run.project.path('shared/sources')}`)
      expect([run.last, run.status]).toEqual(['7 passed, 0 failed, 1 skipped', 0])
    })

    it('runs the second suite when the first has failed', () => {
      const run = ciRun('echo "3 passed, 2 failed"; exit 1', 'echo "4 passed, 0 failed"')
      expect([run.last, run.status]).toEqual(['7 passed, 2 failed', 1])
    })

    it('counts a suite that says nothing, or fails while saying all is well, as failed', () => {
      const run = ciRun('exit 0', 'echo "4 passed, 0 failed"; exit 7')
      expect([run.last, run.status]).toEqual(['4 passed, 2 failed', 1])
    })

    it('fails when nothing ran', () => {
      const run = ciRun('echo "0 passed, 0 failed"', 'echo "0 passed, 0 failed, 5 skipped"')
      expect([run.last, run.status]).toEqual(['0 passed, 0 failed, 5 skipped', 1])
    })

    it('ends what a suite left running', () => {
      const run = ciRun('sleep 600 >/dev/null 2>&1 & echo "left $!"; echo "1 passed, 0 failed"', 'echo "1 passed, 0 failed"')
      const pid = Number(/left (\d+)/.exec(run.out)?.[1])
      expect(run.last).toBe('2 passed, 0 failed')
      expect(isRunning(pid)).toBe(false)
    })
  },
)
