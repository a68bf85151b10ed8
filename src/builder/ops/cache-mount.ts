/** RUN --mount=type=cache: a folder by id that outlives builds, shared, locked, or one for each who wants it alone. */
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { problem } from '../../base/problem.ts'
import type { Mount } from '../../dockerfile/mounts.ts'
import { errorCode } from '../../media/file-errors.ts'
import { takeLock } from '../../media/lock.ts'
import type { BuildWorld } from '../build-world.ts'
import { encodeOwner, type Owner, ownerAttribute } from '../exec/keeper/owners.ts'
import type { FinishingWork } from '../exec/sandbox.ts'
import type { Changes } from '../layer/write-layer.ts'
import type { RunMount } from '../lower/op.ts'
import { fillFromChanges } from '../rootfs/fill.ts'
import { folderWriter } from '../rootfs/folder-writer.ts'
import type { RunWorld } from '../run-world.ts'
import { identityOf } from '../solve/identity.ts'
import { markUsed } from '../store/used.ts'
import { filesBelow, sourceIn } from './bind-mount.ts'

type Cache = RunMount & { readonly mount: Extract<Mount, { kind: 'cache' }> }

export interface OpenCache {
  readonly folder: string
  close(): Promise<void>
}

export async function openCache(one: Cache, runs: RunWorld, world: BuildWorld): Promise<OpenCache> {
  const { mount } = one
  const first = one.origin.kind === 'context' ? undefined : await firstFiles(one, world)
  const hash = createHash('sha256')
    .update(first === undefined ? mount.id : `${mount.id} from ${await identityOf(first, world.cache)}`)
    .digest('hex')
    .slice(0, 32)
  // What is in it belongs to somebody else where users have other numbers.
  const name = runs.sandbox.folderForm === '' ? hash : `${hash}-${runs.sandbox.folderForm}`
  const root = join(world.store.workFolder, 'caches')
  markUsed(world.store.workFolder, `caches/${name}`)
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const made = (folder: string) => (existsSync(folder) ? folder : make(folder, mount, first, { runs, world }))
  if (mount.sharing === 'shared') return { folder: await made(join(root, name)), close: async () => undefined }
  for (let i = 0; ; i = mount.sharing === 'private' ? i + 1 : i) {
    const own = i === 0 ? name : `${name}-${i}`
    const release = takeLock(join(root, `${own}.lock`))
    markUsed(world.store.workFolder, `caches/${own}`)
    if (release !== undefined) return { folder: await made(join(root, own)), close: async () => release() }
    if (mount.sharing === 'locked') await pause(50, undefined, { signal: world.signal })
  }
}

/** What a cache with `from` begins with: a folder of another stage or image. */
async function firstFiles(one: Cache, world: BuildWorld): Promise<Changes> {
  const tree =
    one.origin.kind === 'stage'
      ? (await world.stage(one.origin.index)).tree
      : one.origin.kind === 'image'
        ? await world.imageTree(one.origin.name, one.at)
        : world.context
  const { path, node } = await sourceIn(tree, one, world)
  if (node.kind !== 'dir')
    throw problem(
      'BUILD_SOURCE_MISSING',
      { instruction: 'RUN --mount', source: `the folder ${one.mount.source}`, context: one.mount.from ?? '' },
      { at: one.at },
    )
  return filesBelow(tree, path, node, world)
}

/** With one id only, nobody can be given a folder: an attribute says whose it is. */
async function giveTo(folder: string, name: string, owner: Owner, { runs, world }: { runs: RunWorld; world: BuildWorld }): Promise<void> {
  if (!runs.sandbox.keepsOwners) giveNow(join(folder, name), owner)
  else if (owner.uid !== 0 || owner.gid !== 0) {
    const work: FinishingWork = { kind: 'attribute', path: name, name: ownerAttribute, value: encodeOwner(owner) }
    await runs.sandbox.finish(folder, [work], { signal: world.signal, scratch: folder })
  }
}

/** Where nobody can be given a folder, it stays ours: ids outside of the range, or commands that only pretend to run. */
function giveNow(folder: string, { uid, gid }: Owner): void {
  try {
    chownSync(folder, uid, gid)
  } catch (error) {
    if (errorCode(error) !== 'EINVAL' && errorCode(error) !== 'EPERM') throw error
  }
}

/** Mode and owner are given once: afterwards the folder belongs to the commands that use it. Whole or not at all, also beside other builds. */
async function make(folder: string, { mode, uid, gid }: Cache['mount'], first: Changes | undefined, o: { runs: RunWorld; world: BuildWorld }): Promise<string> {
  const work = await o.runs.snapshots.work()
  try {
    const fresh = join(work.folder, 'bound')
    if (first === undefined) {
      mkdirSync(fresh)
      await giveTo(work.folder, 'bound', { uid, gid }, o)
      chmodSync(fresh, mode)
    } else {
      const writer = folderWriter(work.folder, o.runs.sandbox, { signal: o.world.signal, scratch: work.folder })
      await fillFromChanges(first)(writer, [], o.world)
      await writer.end()
    }
    if (!existsSync(folder)) renameSync(fresh, folder)
    return folder
  } catch (error) {
    if (existsSync(folder)) return folder
    throw error
  } finally {
    await work.end()
  }
}
