/** A lock between processes: a file that names its owner. One whose owner is dead is taken over. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { errorCode } from '../../media/file-errors.ts'
import { isAlive, thisProcess } from './owner-process.ts'

/** The way to give it back; undefined: somebody has it. */
export function takeLock(file: string): (() => void) | undefined {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, thisProcess(), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
    }
    if (isHeld(file)) return undefined
    rmSync(file, { force: true })
  }
  return undefined
}

function isHeld(file: string): boolean {
  try {
    const owner = readFileSync(file, 'utf8')
    // Empty: being written this moment.
    return owner === '' || isAlive(owner)
  } catch {
    return false
  }
}
