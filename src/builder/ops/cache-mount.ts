/** RUN --mount=type=cache: a folder by id that outlives builds, shared, locked, or one for each who wants it alone. */
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { diagnose } from '../../base/diagnostic.ts'
import { problem } from '../../base/problem.ts'
import type { Mount } from '../../dockerfile/mounts.ts'
import { takeLock } from '../../media/lock.ts'
import type { MountFacts } from '../../ports/cache-mounts.ts'
import type { BuildWorld } from '../build-world.ts'
import type { PackedLayer } from '../cache/cache-store.ts'
import type { Changes } from '../layer/write-layer.ts'
import type { RunMount } from '../lower/op.ts'
import { readyMount } from '../mounts/lay-mount.ts'
import { mountName, mountsFolder, readFacts, writeFacts } from '../mounts/mount-name.ts'
import { inMountTurn, useMount } from '../mounts/mount-use.ts'
import { fillFromChanges } from '../rootfs/fill.ts'
import { folderWriter } from '../rootfs/folder-writer.ts'
import type { RunWorld } from '../run-world.ts'
import { identityOf } from '../solve/identity.ts'
import { markUsed } from '../store/used.ts'
import type { DirNode } from '../tree/node.ts'
import { filesBelow, sourceIn } from './bind-mount.ts'

type Cache = RunMount & { readonly mount: Extract<Mount, { kind: 'cache' }> }

export interface OpenCache {
  readonly folder: string
  close(): Promise<void>
}

export async function openCache(one: Cache, runs: RunWorld, world: BuildWorld): Promise<OpenCache> {
  const { mount } = one
  const first = one.origin.kind === 'context' ? undefined : await firstFiles(one, world)
  const facts: MountFacts = { id: mount.id, ...(first !== undefined && { from: await identityOf(first, world.cache) }) }
  const root = mountsFolder(world.store.workFolder)
  const opened = async (own: MountFacts, release: () => void): Promise<OpenCache> => {
    try {
      return await open(own, { mount, first, runs, world, release })
    } catch (error) {
      release()
      throw error
    }
  }
  markUsed(world.store.workFolder, `caches/${mountName(facts, runs.sandbox.folderForm)}`)
  mkdirSync(root, { recursive: true, mode: 0o700 })
  if (mount.sharing === 'shared') return opened(facts, () => undefined)
  for (let copy = 0; ; copy = mount.sharing === 'private' ? copy + 1 : copy) {
    const own = copy === 0 ? facts : { ...facts, copy }
    const release = takeLock(join(root, `${mountName(own, runs.sandbox.folderForm)}.lock`))
    if (release !== undefined) return opened(own, release)
    if (mount.sharing === 'locked') await pause(50, undefined, { signal: world.signal })
  }
}

interface Opening {
  readonly mount: Cache['mount']
  readonly first: Changes | undefined
  readonly runs: RunWorld
  readonly world: BuildWorld
  readonly release: () => void
}

async function open(facts: MountFacts, o: Opening): Promise<OpenCache> {
  const { runs, world } = o
  const name = mountName(facts, runs.sandbox.folderForm)
  const folder = join(mountsFolder(world.store.workFolder), name)
  markUsed(world.store.workFolder, `caches/${name}`)
  // Nobody replaces the folder between the moment in which it is found and the one in which it is in use.
  const over = await inMountTurn(
    folder,
    async () => {
      if (!existsSync(folder)) await make(folder, facts, o)
      if (readFacts(folder) === undefined) await writeFacts(folder, facts)
      return useMount(folder)
    },
    world,
  )
  world.mounts.set(name, facts)
  const close = async (): Promise<void> => {
    over()
    o.release()
  }
  return { folder, close }
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

/** What another machine packed, else what the mount begins with. Whole or not at all. */
async function make(folder: string, facts: MountFacts, o: Opening): Promise<void> {
  const packed = await o.world.store.packedMount(facts)
  if (packed !== undefined && (await laidDown(folder, facts, packed, o))) return
  await makeNew(folder, o)
}

/** False: it cannot be had, which is said, and costs time only. */
async function laidDown(folder: string, facts: MountFacts, { layer, from }: PackedLayer, o: Opening): Promise<boolean> {
  try {
    const ready = await readyMount(layer, facts, { signal: o.world.signal, workFolder: o.world.store.workFolder, runs: o.runs, replace: false })
    try {
      await ready?.into(folder)
    } finally {
      await ready?.end()
    }
    return ready !== undefined
  } catch (error) {
    o.world.signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    o.world.emit({ kind: 'note', note: diagnose('CACHE_MOUNT_NOT_IMPORTED', { id: facts.id, from, reason }) })
    return false
  }
}

/** Mode and owner are given once: afterwards the folder belongs to the commands that use it. */
async function makeNew(folder: string, { mount: { mode, uid, gid }, first, runs, world }: Opening): Promise<void> {
  const work = await runs.snapshots.work()
  try {
    const top: DirNode = { kind: 'dir', mode, uid, gid, mtimeNs: BigInt(Math.trunc(world.sinceMs)) * 1_000_000n }
    const writer = folderWriter(work.folder, runs.sandbox, { signal: world.signal, scratch: work.folder })
    await fillFromChanges(first ?? [['bound', top]])(writer, [], world)
    await writer.end()
    renameSync(join(work.folder, 'bound'), folder)
  } finally {
    await work.end()
  }
}
