/**
 * The queue as files of the data folder, `RUN.STATE`: what changes a state gives the file another name, which only one can do.
 * The order lies sealed in it, with the key of the history; the rest is what a list shows.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brandAs } from '../../base/brand.ts'
import { problem } from '../../base/problem.ts'
import type { RunId } from '../../events/run-event.ts'
import { ifPresent } from '../../media/file-errors.ts'
import type { QueuedRun, QueueState, RunOrder, RunQueue } from '../../ports/run-queue.ts'
import { makeKeyFile, readKeyFile } from '../secrets/store/key-file.ts'
import { seal, unseal } from '../secrets/store/sealing.ts'

interface Kept {
  readonly about: Omit<QueuedRun, 'run'>
  readonly nonce: string
  readonly sealed: string
  readonly why?: string
}

type StateName = QueueState['kind']
const stateNames = ['waiting', 'started', 'refused'] as const satisfies readonly StateName[]

/** `home`: the data folder. */
export function queueFiles(home: string): RunQueue {
  const dir = join(home, 'queue')
  const keyFile = join(home, 'history.key')
  const fileOf = (run: RunId, state: StateName): string => join(dir, `${run}.${state}`)
  const read = async (run: RunId, state: StateName): Promise<Kept | undefined> => {
    const text = await ifPresent(readFile(fileOf(run, state), 'utf8'))
    return text === undefined ? undefined : (JSON.parse(text) as Kept)
  }
  const write = async (run: RunId, state: StateName, kept: Kept): Promise<void> => {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const draft = join(dir, `${run}.draft`)
    await writeFile(draft, JSON.stringify(kept), { mode: 0o600, flush: true })
    await rename(draft, fileOf(run, state))
  }
  const move = async (run: RunId, from: StateName, to: StateName): Promise<boolean> =>
    (await ifPresent(rename(fileOf(run, from), fileOf(run, to)).then(() => true))) ?? false
  /** What its starter has noted, which may be no more. */
  const forgetProcess = async (run: RunId): Promise<void> => {
    for (const ending of ['pid', 'out']) await rm(join(dir, `${run}.${ending}`), { force: true })
  }
  return {
    async add({ run, ...about }, order) {
      const key = readKeyFile(keyFile) ?? makeKeyFile(keyFile)
      const { nonce, bytes } = seal(key, `order of ${run}`, JSON.stringify(order))
      await write(run, 'waiting', { about, nonce: Buffer.from(nonce).toString('base64'), sealed: Buffer.from(bytes).toString('base64') })
    },
    async list() {
      const runs = new Map<RunId, QueuedRun & { readonly state: QueueState }>()
      for (const name of ((await ifPresent(readdir(dir))) ?? []).sort()) {
        const [id = '', ending] = name.split('.')
        const seen = stateNames.find((one) => one === ending)
        if (seen === undefined) continue
        const run = brandAs<RunId>(id)
        // It may have changed its state since, and is in the next one then; of what was waiting none is left out.
        for (const state of new Set([seen, ...stateNames])) {
          const kept = await read(run, state)
          if (kept === undefined) continue
          runs.set(run, { run, ...kept.about, state: state === 'refused' ? { kind: state, why: kept.why ?? '' } : { kind: state } })
          break
        }
      }
      return [...runs.values()]
    },
    take: (run) => move(run, 'waiting', 'started'),
    async order(run) {
      const kept = (await read(run, 'started')) ?? (await read(run, 'waiting'))
      if (kept === undefined) return undefined
      const key = readKeyFile(keyFile)
      const sealed = { nonce: Buffer.from(kept.nonce, 'base64'), bytes: Buffer.from(kept.sealed, 'base64') }
      const text = key === undefined ? undefined : unseal(key, `order of ${run}`, sealed)
      if (text === undefined) throw problem('RUN_START_UNREADABLE', { run, file: keyFile })
      return JSON.parse(text) as RunOrder
    },
    async putBack(run) {
      await move(run, 'started', 'waiting')
    },
    async refuse(run, why) {
      const kept = await read(run, 'started')
      if (kept === undefined) return
      // What it was to run with is of no use any more.
      await write(run, 'refused', { about: kept.about, nonce: '', sealed: '', why })
      await rm(fileOf(run, 'started'), { force: true })
      await forgetProcess(run)
    },
    async remove(run, from) {
      for (const state of from) {
        if ((await ifPresent(rm(fileOf(run, state)).then(() => true))) !== true) continue
        await forgetProcess(run)
        return true
      }
      return false
    },
  }
}
