/** Layers as folders in overlay form, each made once: `snapshots/<chain>[-<form>]/{fs,about.json}`. They can be made again, so nothing here is fsynced. */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { errorCode } from '../../media/file-errors.ts'
import { takeLock } from '../../media/lock.ts'
import { isAlive, thisProcess } from '../../media/owner-process.ts'
import { collectorLock, markUsed } from '../store/used.ts'
import { type AboutSnapshot, encodeAbout, readAbout } from './about-snapshot.ts'

export interface Snapshots {
  has(chain: string): boolean
  folder(chain: string): string
  about(chain: string): AboutSnapshot
  /** Takes over a finished folder of the same file system. When another build was faster, its folder stays. */
  adopt(chain: string, finished: string, facts: AboutSnapshot): Promise<void>
  /** A folder for work that may be cut short; `end` removes it. */
  work(): Promise<Work>
}

export interface Work {
  readonly folder: string
  end(): Promise<void>
}

/** `form`: what owners and attributes in the folders mean. Folders of another form are as good as not there. */
export function snapshots(root: string, form: () => string = () => ''): Snapshots {
  const nameOf = (chain: string) => (form() === '' ? chain : `${chain}-${form()}`)
  const place = (chain: string) => join(root, 'snapshots', nameOf(chain))
  const about = (chain: string) => readAbout(join(place(chain), 'about.json'))
  return {
    has: (chain) => {
      markUsed(root, `snapshots/${nameOf(chain)}`)
      return about(chain) !== undefined
    },
    folder: (chain) => join(place(chain), 'fs'),
    about: (chain) => about(chain) ?? { opaque: [], attributes: new Map() },
    async adopt(chain, finished, facts) {
      const whole = join(finished, '..', `whole-${randomUUID()}`)
      await mkdir(whole, { mode: 0o700 })
      await rename(finished, join(whole, 'fs'))
      await writeFile(join(whole, 'about.json'), encodeAbout(facts))
      await mkdir(join(root, 'snapshots'), { recursive: true, mode: 0o700 })
      const folder = place(chain)
      markUsed(root, `snapshots/${nameOf(chain)}`)
      while (!(await putDown(whole, folder)) && about(chain) === undefined) {
        const lock = collectorLock(root, `snapshots/${nameOf(chain)}`)
        if (!moveStale(folder, { to: join(finished, '..', `stale-${randomUUID()}`), lock, isStale: () => about(chain) === undefined })) await pause(2)
      }
    },
    work: () => startWork(join(root, 'runs')),
  }
}

/** Answers false where another build was faster, and where something lies that nobody can use. */
async function putDown(whole: string, folder: string): Promise<boolean> {
  try {
    await rename(whole, folder)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOTEMPTY' || errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Alone and in one go: what another build has just put down is not taken away from whoever reads it by now. Answers false when another is at it. */
function moveStale(folder: string, { to, lock, isStale }: { readonly to: string; readonly lock: string; readonly isStale: () => boolean }): boolean {
  const release = takeLock(lock)
  if (release === undefined) return false
  try {
    // In this order: what is there and of no use stays as it is, while a place that is free may be taken at any moment.
    if (existsSync(folder) && isStale()) renameSync(folder, to)
    return true
  } finally {
    release()
  }
}

async function startWork(runs: string): Promise<Work> {
  const folder = join(runs, randomUUID())
  mkdirSync(runs, { recursive: true, mode: 0o700 })
  await mkdir(folder, { mode: 0o700 })
  await writeFile(join(folder, 'owner'), thisProcess())
  return { folder, end: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) }
}

/** Removes what builders left behind that are no more. Their processes and mounts have ended with them. */
export async function sweepWork(root: string): Promise<number> {
  let removed = 0
  for (const name of await readdir(join(root, 'runs')).catch(() => [])) {
    const folder = join(root, 'runs', name)
    const owner = await readFile(join(folder, 'owner'), 'utf8').catch(() => undefined)
    // Without an owner, or with one that is still being written: just being made, or made by nobody who could say. Collection takes those later.
    if (owner === undefined || owner === '' || isAlive(owner)) continue
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    removed++
  }
  return removed
}
