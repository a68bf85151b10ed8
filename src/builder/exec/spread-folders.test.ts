import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../../../test/support/real.ts'
import { needs } from '../../../test/support/skip.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { spreadFolders } from './spread-folders.ts'

const o = { signal: AbortSignal.timeout(10_000) }
const lsattr = findProgram('lsattr', process.env)
const isExt4 = statfsSync(tempProject().dir).type === 0xef53

function flagsOf(folder: string): string {
  return spawnSync(lsattr ?? '', ['-d', folder], { encoding: 'utf8' }).stdout.split(' ')[0] ?? ''
}

describe('a folder for work', () => {
  it('is made, and made only once', async () => {
    const { dir } = tempProject()
    await spreadFolders(join(dir, 'a', 'runs'), dir, o)
    await spreadFolders(join(dir, 'a', 'runs'), dir, o)
    expect(existsSync(join(dir, 'a', 'runs'))).toBe(true)
  })

  it(
    'is the top of trees for ext4, unless it was there before',
    needs(isExt4 && lsattr !== undefined, 'it needs lsattr and a temporary folder on ext4'),
    async () => {
      const { dir } = tempProject()
      await spreadFolders(join(dir, 'runs'), dir, o)
      expect(flagsOf(join(dir, 'runs'))).toMatch(/T/)
      mkdirSync(join(dir, 'older'))
      await spreadFolders(join(dir, 'older'), dir, o)
      expect(flagsOf(join(dir, 'older'))).not.toMatch(/T/)
    },
  )
})
