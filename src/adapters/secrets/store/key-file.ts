/** The key of the secret store: a file that only its owner may read, made once. */

import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { problem } from '../../../base/problem.ts'
import { errorCode } from '../../../media/file-errors.ts'
import { keyLength, newKey } from './sealing.ts'

/** Undefined: there is none. */
export function readKeyFile(file: string): Buffer | undefined {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw problem('SECRETS_KEY_UNREADABLE', { file, reason: (error as Error).message }, { cause: error })
  }
  try {
    // Of the open file, not of the name: nobody can put another in between.
    if ((fstatSync(descriptor).mode & 0o077) !== 0) throw problem('SECRETS_KEY_OPEN', { file })
    const key = Buffer.from(textOf(descriptor, file).trim(), 'base64')
    if (key.length !== keyLength) throw problem('SECRETS_KEY_UNREADABLE', { file, reason: 'it holds no key of 32 bytes' })
    return key
  } finally {
    closeSync(descriptor)
  }
}

function textOf(descriptor: number, file: string): string {
  try {
    return readFileSync(descriptor, 'utf8')
  } catch (error) {
    throw problem('SECRETS_KEY_UNREADABLE', { file, reason: (error as Error).message }, { cause: error })
  }
}

/** Whole or not at all, and the first of several processes wins. */
export function makeKeyFile(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}`
  writeFileSync(temporary, `${newKey().toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    linkSync(temporary, file)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  } finally {
    rmSync(temporary, { force: true })
  }
  const key = readKeyFile(file)
  if (key === undefined) throw problem('SECRETS_KEY_UNREADABLE', { file, reason: 'it has just been made and is not there' })
  return key
}
