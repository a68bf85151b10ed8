/** The demo as a user starts it: a RUN, an archive, three registries, one digest. */
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { runProgram } from './support/run-program.ts'

describe('npm run demo', () => {
  it('builds with a RUN, and ends with one digest from three registries', async () => {
    const { code, out, err } = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', 'tools/demo/demo.ts'], { cwd: root })
    expect({ code, err }).toMatchObject({ code: 0 })
    expect(`${out}${err}`).toMatch(/RUN \["esbuild", "app\.ts"/)
    expect(out).toMatch(/one build, three registries, one digest: sha256:[0-9a-f]{64}\n$/)
  })
})
