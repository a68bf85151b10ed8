/** The keeper of owners is what its source comes to, compiled anew by the compiler that made it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { root } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'
import { needs } from '../../support/skip.ts'

/** The version that `tools/keeper/build.ts` names. */
const wanted = '12.2.0'
const compilers = [real('gcc', { apt: 'gcc' }), real('aarch64-linux-gnu-gcc', { apt: 'gcc-aarch64-linux-gnu' })]
const absent = compilers.find((compiler) => compiler.missing !== undefined)?.missing
const versions = absent === undefined ? compilers.map(({ path }) => spawnSync(path, ['-dumpfullversion'], { encoding: 'utf8' }).stdout.trim()) : []
const missing = absent ?? (versions.every((version) => version === wanted) ? undefined : `the compilers are ${versions.join(' and ')}, not ${wanted}`)

describe('the keeper of owners', needs(missing === undefined, missing ?? ''), () => {
  it('is compiled from the source beside it', { timeout: 60_000 }, () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools', 'keeper', 'build.ts'), '--check'], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})
