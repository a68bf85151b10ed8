/** The copy of the local work tree: what is in it, and what never is. */
import { chmodSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gitHere, repositoryAt } from '../../../test/support/git-repositories.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { copyCodebase } from './copy-codebase.ts'

const signal = new AbortController().signal

async function copied(from: string, to: string, skip: readonly string[] = []) {
  const notes: Diagnostic[] = []
  const files = await copyCodebase(from, to, { env: process.env, signal, note: (note) => notes.push(note), skip })
  return { files, notes: notes.map(({ code }) => code) }
}

describe('copying the code under build', () => {
  it('goes well with the data folder inside of code without git, and leaves it out', async () => {
    const code = tempProject({ 'a.txt': 'a', 'src/b.txt': 'b', 'node_modules/x/index.js': '', '.home/secrets.db': 'x', '.home/stages/s/harness/old.txt': '' })
    const to = code.path('.home/stages/s/harness/new')
    expect(await copied(code.dir, to, [code.path('.home')])).toEqual({ files: 2, notes: ['CODEBASE_WITHOUT_GIT'] })
    expect(code.read('.home/stages/s/harness/new/src/b.txt')).toBe('b')
    expect(code.exists('.home/stages/s/harness/new/.home')).toBe(false)
  })

  it('leaves the data folder out of a work tree that does not ignore it', gitHere, async () => {
    const code = tempProject({ '.home/secrets.db': 'x' })
    repositoryAt(code.dir).commit({ 'a.txt': 'a', '.gitignore': '*.log\n' })
    code.write({ 'new.txt': 'not committed', 'x.log': 'ignored' })
    const to = tempProject()
    expect(await copied(code.dir, to.dir, [code.path('.home')])).toEqual({ files: 3, notes: [] })
    expect(to.files()).toEqual(['.gitignore', 'a.txt', 'new.txt'])
  })

  it('keeps modes, times and links', gitHere, async () => {
    const code = tempProject({ 'run.sh': '#!/bin/sh\n' })
    chmodSync(code.path('run.sh'), 0o755)
    symlinkSync('run.sh', code.path('link'))
    repositoryAt(code.dir).commit({})
    const to = tempProject()
    await copied(code.dir, to.dir)
    expect(statSync(to.path('run.sh')).mode & 0o777).toBe(0o755)
    expect(Math.abs(statSync(to.path('run.sh')).mtimeMs - statSync(code.path('run.sh')).mtimeMs)).toBeLessThan(2)
    expect(readlinkSync(to.path('link'))).toBe('run.sh')
  })
})
