import { chownSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { needs } from '../../test/support/skip.ts'
import { tempProject } from '../../test/support/temp-project.ts'
import { ownedLikeFolder } from './owned-like-folder.ts'

describe('files written into a folder', () => {
  it('have the folders above them made', async () => {
    const path = join(tempProject().dir, 'a', 'b', 'file')
    await ownedLikeFolder(path, async () => writeFileSync(path, 'x'))
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o755)
  })

  it('belong to its owner, with the folders made for them, when root writes', needs(process.getuid?.() === 0, 'giving files away needs root'), async () => {
    const { dir } = tempProject()
    chownSync(dir, 1000, 1000)
    const path = join(dir, 'a', 'b', 'file')
    await ownedLikeFolder(path, async () => writeFileSync(path, 'x'))
    expect([join(dir, 'a'), join(dir, 'a', 'b'), path].map((one) => statSync(one).uid)).toEqual([1000, 1000, 1000])
  })
})
