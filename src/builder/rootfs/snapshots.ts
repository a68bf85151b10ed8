/** Layers as folders in overlay form, each made once: `snapshots/<chain>[-<form>]/{fs,about.json}`. They can be made again, so nothing here is fsynced. */
import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../media/file-errors.ts'
import { isAlive, thisProcess } from '../../media/owner-process.ts'
import { markUsed } from '../store/used.ts'
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
      if (about(chain) === undefined) await rm(place(chain), { recursive: true, force: true })
      await rename(whole, place(chain)).catch((error: unknown) => {
        if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error
      })
    },
    work: () => startWork(join(root, 'runs')),
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
