/** The cache mounts of a data folder: listed, packed into layers of its image store, and laid down from such layers. */
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { ContentStore } from '../../media/content-store.ts'
import type { CacheMounts, Laid, ListedMount, MountFacts, PackedMount } from '../../ports/cache-mounts.ts'
import type { Sandbox } from '../exec/sandbox.ts'
import { openRunWorld } from '../run-world.ts'
import { mountItems } from '../store/cache-items.ts'
import { buildStore } from '../store/directory.ts'
import { holdStore } from '../store/hold.ts'
import type { Waiting } from '../tree/node.ts'
import { type Ready, readyMount } from './lay-mount.ts'
import { mountLayer } from './mount-layer.ts'
import { keptMounts } from './mount-name.ts'
import { isUsed } from './mount-use.ts'
import { packMount } from './pack-mount.ts'

export interface MountParts {
  readonly content: ContentStore
  readonly workFolder: string
  /** Instead of the best one of this machine. */
  readonly sandbox?: Sandbox
}

export function cacheMounts(parts: MountParts): CacheMounts {
  const { content, workFolder } = parts
  const store = buildStore(content, workFolder)
  const opened = async (o: Waiting) => {
    const { world, ability } = await openRunWorld(workFolder, parts.sandbox, o)
    if (ability.kind === 'unable') throw problem('BUILD_RUN_IMPOSSIBLE', { reason: ability.reasons.join('; ') })
    return world
  }
  const here = async (o: Waiting) => keptMounts(workFolder, (await opened(o)).sandbox.folderForm)
  return {
    async list(o) {
      const items = new Map((await mountItems({ workFolder })).map((item) => [item.name, item]))
      return (await here(o)).flatMap(({ name, folder, facts }): readonly ListedMount[] => {
        const item = items.get(name)
        return item === undefined ? [] : [{ ...plainFacts(facts), bytes: item.bytes, usedMs: item.usedMs, inUse: isUsed(folder) }]
      })
    },
    async pack(ids, o) {
      const runs = await opened(o)
      const all = await keptMounts(workFolder, runs.sandbox.folderForm)
      const missing = ids.find((id) => !all.some(({ facts }) => facts.id === id))
      if (missing !== undefined) throw unknown(missing, all)
      const wanted = ids.length === 0 ? all : all.filter(({ facts }) => ids.includes(facts.id))
      const packed: PackedMount[] = []
      for (const one of wanted) packed.push(await packMount(one, { store, runs, signal: o.signal }))
      return packed
    },
    async lay(mounts, { signal, replace }) {
      const over = await holdStore(workFolder)
      const ready: { readonly mount: PackedMount; readonly ready: Ready | undefined }[] = []
      try {
        const runs = await opened({ signal })
        for (const mount of mounts) {
          const layer = mountLayer(mount, { compressed: (w) => content.open(mount.descriptor.digest, w) })
          ready.push({ mount, ready: await readyMount(layer, plainFacts(mount), { signal, workFolder, runs, replace }) })
        }
        const laid: Laid[] = []
        for (const one of ready) laid.push({ ...one.mount, how: (await one.ready?.place()) ?? 'kept' })
        return laid
      } finally {
        for (const one of ready) await one.ready?.end()
        await over()
      }
    },
  }
}

function unknown(id: string, all: readonly { readonly facts: MountFacts }[]): Error {
  const known = [...new Set(all.map(({ facts }) => facts.id))].join(', ')
  return problem('CACHE_MOUNT_UNKNOWN', { id, where: 'on this machine', known: known === '' ? 'none' : known })
}

function plainFacts({ id, from, copy }: MountFacts): MountFacts {
  return { id, ...(from !== undefined && { from }), ...(copy !== undefined && { copy }) }
}

/** Of a data folder. */
export function mountsOf(home: string, content: ContentStore, sandbox: Sandbox | undefined): CacheMounts {
  return cacheMounts({ content, workFolder: join(home, 'build'), ...(sandbox !== undefined && { sandbox }) })
}
