/** The folder of a clone: whether it may be used, and as it was when the clone fails. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../base/problem.ts'

export interface CloneFolder {
  /** Takes away what has come since. */
  undo(): Promise<void>
}

export async function takeFolder(folder: string, shown: string): Promise<CloneFolder> {
  const made = await mkdir(folder, { recursive: true })
  const before = new Set(await readdir(folder))
  if (before.has('.git')) throw problem('GIT_FOLDER_TAKEN', { folder: shown, what: 'a repository' })
  return {
    async undo() {
      if (made !== undefined) return rm(made, { recursive: true, force: true, maxRetries: 3 })
      for (const name of await readdir(folder)) if (!before.has(name)) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
