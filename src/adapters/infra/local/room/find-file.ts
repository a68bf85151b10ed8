/** Looks a program up as a shell would: through PATH, unless its name has a slash. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Undefined: there is none. `hostPath` knows where the step's files are on this machine. */
export async function findFile(name: string, path: string | undefined, hostPath: (path: string) => string): Promise<string | undefined> {
  if (name.includes('/')) return (await isProgram(hostPath(name))) ? name : undefined
  for (const folder of (path ?? '/usr/bin:/bin').split(':')) {
    const file = join(folder === '' ? '.' : folder, name)
    if (await isProgram(hostPath(file))) return file
  }
  return undefined
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}
