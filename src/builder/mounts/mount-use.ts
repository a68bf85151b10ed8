/** Who uses the folder of a cache mount: a file per user beside it, and turns for those who make, replace or take a folder. */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from '../../media/file-errors.ts'
import { takeLock } from '../../media/lock.ts'
import { isAlive, thisProcess } from '../../media/owner-process.ts'
import type { Waiting } from '../tree/node.ts'

/** Answers how to say that it is over. Only in a turn: whoever replaces a folder looks for these signs. */
export function useMount(folder: string): () => void {
  const sign = `${folder}.${randomUUID()}.use`
  writeFileSync(sign, thisProcess())
  return () => rmSync(sign, { force: true })
}

/** Whether a build has it at this moment. Forgets those that died. */
export function isUsed(folder: string): boolean {
  const [parent, name] = [dirname(folder), basename(folder)]
  let used = false
  for (const entry of entriesOf(parent)) {
    if (!entry.startsWith(`${name}.`) || !entry.endsWith('.use')) continue
    const owner = ownerOf(join(parent, entry))
    if (owner === undefined) continue
    // Empty: being written this moment.
    if (owner === '' || isAlive(owner)) used = true
    else rmSync(join(parent, entry), { force: true })
  }
  return used
}

/** One at a time, for the moment in which a folder appears or goes. Whoever also wants the lock takes that first. */
export async function inMountTurn<T>(folder: string, act: () => Promise<T>, o: Waiting): Promise<T> {
  const release = await waitFor(`${folder}.turn.lock`, o)
  try {
    return await act()
  } finally {
    release?.()
  }
}

/** Undefined: somebody else still has it after `limitMs`. */
export async function waitFor(file: string, o: Waiting & { readonly limitMs?: number }): Promise<(() => void) | undefined> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  for (let waited = 0; ; waited += stepMs) {
    o.signal.throwIfAborted()
    const release = takeLock(file)
    if (release !== undefined || waited >= (o.limitMs ?? Number.POSITIVE_INFINITY)) return release
    await pause(stepMs, undefined, { signal: o.signal })
  }
}

const stepMs = 20

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return []
  }
}

function ownerOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
