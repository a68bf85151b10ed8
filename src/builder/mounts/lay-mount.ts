/** A layer that another machine packed as the folder of a cache mount: filled aside, then put in its place. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isProblem, problem } from '../../base/problem.ts'
import type { Layer } from '../../oci/views.ts'
import type { Laid, MountFacts } from '../../ports/cache-mounts.ts'
import { entryNode, entryPath } from '../rootfs/entry-node.ts'
import type { Fill } from '../rootfs/fill.ts'
import { folderWriter } from '../rootfs/folder-writer.ts'
import { readWhole, tarOf } from '../rootfs/layer-tar.ts'
import type { RunWorld } from '../run-world.ts'
import { markUsed } from '../store/used.ts'
import { parentOf, type Waiting } from '../tree/node.ts'
import { mountName, mountsFolder, writeFacts } from './mount-name.ts'
import { inMountTurn, isUsed, waitFor } from './mount-use.ts'
import { topName } from './pack-mount.ts'

/** No white-outs here: a file may be called `.wh.x`. Links are never followed. Throws CACHE_MOUNT_REFUSED. */
export function fillFromPacked(layer: Layer, { id }: MountFacts): Fill {
  const refused = (reason: string): Error => problem('CACHE_MOUNT_REFUSED', { id, reason })
  return async (writer, _below, o) => {
    try {
      await readWhole(
        tarOf(layer),
        async ({ entry, body }) => {
          const path = entryPath(entry.path)
          if (path === undefined || (path !== topName && !path.startsWith(`${topName}/`))) throw refused(`${entry.path} is not below ${topName}/`)
          if (path === topName ? entry.kind !== 'dir' : !writer.isFolder(parentOf(path))) throw refused(`${entry.path} is in no folder`)
          if (entry.kind === 'hardlink') {
            if (!writer.link(path, entryPath(entry.target) ?? '')) throw refused(`${entry.path} is a link to ${entry.target}, which is no earlier file`)
            return
          }
          const node = entryNode(entry, { content: async () => new Uint8Array(), fingerprint: '', find: () => undefined })
          if (node !== undefined) await writer.put(path, node, body)
        },
        o,
      )
      if (!writer.isFolder(topName)) throw refused(`it has no folder ${topName}/`)
    } catch (error) {
      o.signal.throwIfAborted()
      if (!isProblem(error) || error.code === 'CACHE_MOUNT_REFUSED') throw error
      throw problem('CACHE_MOUNT_REFUSED', { id, reason: error.message }, { cause: error })
    }
  }
}

export interface Laying extends Waiting {
  readonly workFolder: string
  readonly runs: Pick<RunWorld, 'sandbox' | 'snapshots'>
  readonly replace: boolean
}

/** A folder that is ready to be put in its place. */
export interface Ready {
  place(): Promise<Laid['how']>
  /** For whoever has the turn, and knows that nothing is there. */
  into(folder: string): Promise<void>
  end(): Promise<void>
}

/** Undefined: this machine has one of that name, which stays. */
export async function readyMount(layer: Layer, facts: MountFacts, o: Laying): Promise<Ready | undefined> {
  const { sandbox, snapshots } = o.runs
  const folder = join(mountsFolder(o.workFolder), mountName(facts, sandbox.folderForm))
  if (existsSync(folder) && !o.replace) return undefined
  const work = await snapshots.work()
  try {
    const writer = folderWriter(work.folder, sandbox, { signal: o.signal, scratch: work.folder, holes: true })
    await fillFromPacked(layer, facts)(writer, [], o)
    await writer.end()
  } catch (error) {
    await work.end()
    throw error
  }
  const fresh = join(work.folder, topName)
  return { place: () => place(fresh, { folder, facts }, o), into: (wanted) => rename(fresh, wanted), end: work.end }
}

const patienceMs = 60_000

async function place(fresh: string, { folder, facts }: { readonly folder: string; readonly facts: MountFacts }, o: Laying): Promise<Laid['how']> {
  const busy = (what: string): Error => problem('CACHE_MOUNT_IN_USE', { id: facts.id, what })
  if (existsSync(folder) && !o.replace) return 'kept'
  const release = await waitFor(`${folder}.lock`, { ...o, limitMs: patienceMs })
  try {
    return await inMountTurn(
      folder,
      async () => {
        const there = existsSync(folder)
        if (there && !o.replace) return 'kept'
        if (release === undefined) throw busy('a build has it for itself')
        if (there && isUsed(folder)) throw busy('a build works with it')
        markUsed(o.workFolder, `caches/${mountName(facts, o.runs.sandbox.folderForm)}`)
        const aside = join(o.workFolder, 'scratch', `removed-${randomUUID()}`)
        await mkdir(join(o.workFolder, 'scratch'), { recursive: true })
        if (there) await rename(folder, aside)
        await rename(fresh, folder)
        await writeFacts(folder, facts)
        await rm(aside, { recursive: true, force: true })
        return there ? 'replaced' : 'laid down'
      },
      o,
    )
  } finally {
    release?.()
  }
}
