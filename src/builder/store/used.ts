/** Marks what is used, so that collection of garbage knows what is not: one empty file per thing, whose time is the last use. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../media/file-errors.ts'

/** `path` is relative to the work folder. Marked before it is looked for: who finds it after that keeps it. */
export function markUsed(workFolder: string, path: string): void {
  const file = join(workFolder, 'used', markName(path))
  try {
    writeFileSync(file, '')
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    mkdirSync(join(workFolder, 'used'), { recursive: true, mode: 0o700 })
    writeFileSync(file, '')
  }
}

export function markName(path: string): string {
  return path.replaceAll('/', '-')
}
