/** A lock between processes: a file that names its owner. One whose owner is dead is taken over. */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { errorCode } from './file-errors.ts'
import { isAlive, thisProcess } from './owner-process.ts'

/** The way to give it back; undefined: somebody has it. */
export function takeLock(file: string): (() => void) | undefined {
  for (let attempt = 0; attempt < 3; attempt++) {
    const owner = ownerOf(file)
    if (owner !== undefined && isAlive(owner)) return undefined
    if (owner !== undefined) takeAway(file, owner)
    if (put(file)) return () => rmSync(file, { force: true })
  }
  return undefined
}

/** Whether somebody who lives has it. */
export function isLocked(file: string): boolean {
  const owner = ownerOf(file)
  return owner !== undefined && isAlive(owner)
}

/** With the name in it from the first moment: an empty file is what a power cut left, and nobody's. */
function put(file: string): boolean {
  const whole = `${file}-${randomUUID()}`
  writeFileSync(whole, thisProcess())
  try {
    linkSync(whole, file)
    return true
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(whole, { force: true })
  }
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
