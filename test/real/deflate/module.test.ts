/** The compiled deflate is what its source comes to: compiled anew by the pinned compiler, which is installed for it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { root } from '../../../tools/support/root.ts'
import { real } from '../../support/real.ts'

const npm = real('npm')

describe('deflate', npm.options, () => {
  it('is compiled from the source beside it', { timeout: 300_000 }, () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools', 'deflate', 'build.ts'), '--check'], { encoding: 'utf8' })
    expect({ status, stderr: stderr.replaceAll(/^npm (warn|notice).*\n/gm, '') }).toEqual({ status: 0, stderr: '' })
  })
})
