/** The demo as a user starts it: a RUN, an archive, a scan, three registries, one digest, a flaw that is held up, and the page. */
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { runProgram } from './support/run-program.ts'

describe('npm run demo', () => {
  it('builds with a RUN, has one digest in three registries, and pushes nothing that has a known flaw', async () => {
    const { code, out, err } = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', 'tools/demo/demo.ts'], { cwd: root })
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(`${out}${err}`).toMatch(/RUN \["esbuild", "app\.ts"/)
    expect(out).toMatch(/one build, three registries, one digest: sha256:[0-9a-f]{64}\n/)
    expect(out).toMatch(/HARBOUR-2026-0001[\s\S]*\nthe scan has held it up: none of the three registries has it\n/)
    expect(out).toMatch(/the page answers, with 2 runs:\n.*#2 failed\n.*#1 passed\n$/)
  })
})
