/** A lock between processes: a file that names its owner. One whose owner is dead is taken over. */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { errorCode } from './file-errors.ts'
import { isAlive, thisProcess } from './owner-process.ts'

/** The way to give it back; undefined: somebody has it. */
export function takeLock(file: string): (() => void) | undefined {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, thisProcess(), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    const owner = ownerOf(file)
    // Given back between the two looks: whoever comes first has it now.
    if (owner === undefined) continue
    // Empty: being written this moment.
    if (owner === '' || isAlive(owner)) return undefined
    takeAway(file, owner)
  }
  return undefined
}

function ownerOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Another may do the same, and have the lock by now: a file that is not the dead one's is put back. */
function takeAway(file: string, dead: string): void {
  const aside = `${file.replace(/\.lock$/, '')}-${randomUUID()}.lock`
  try {
    renameSync(file, aside)
    if (ownerOf(aside) !== dead) linkSync(aside, file)
  } catch {
    // Somebody was quicker.
  }
  rmSync(aside, { force: true })
}
