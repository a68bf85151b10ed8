/** Looks a program up as a shell would: through PATH, unless its name has a slash. */
import { accessSync, constants, statSync } from 'node:fs'
import { join } from 'node:path'

/** Undefined: there is none. `hostPath` knows where the step's files are on this machine. */
export function findFile(name: string, path: string | undefined, hostPath: (path: string) => string): string | undefined {
  if (name.includes('/')) return isProgram(hostPath(name)) ? name : undefined
  const files = (path ?? '/usr/bin:/bin').split(':').map((folder) => join(folder === '' ? '.' : folder, name))
  return files.find((file) => isProgram(hostPath(file)))
}

/** Most folders of a PATH do not have it: an answer costs less than an error. */
function isProgram(file: string): boolean {
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
