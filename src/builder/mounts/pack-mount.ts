/** The folder of a cache mount as a layer: everything below one name, with owners, modes, attributes and hard links. */
import { lstatSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isProblem, problem } from '../../base/problem.ts'
import type { PackedMount } from '../../ports/cache-mounts.ts'
import { decodeOwner, ownerAttribute } from '../exec/keeper/owners.ts'
import { type Changes, writeLayer } from '../layer/write-layer.ts'
import { nodeOf } from '../rootfs/file-node.ts'
import { readUpper } from '../rootfs/upper.ts'
import type { RunWorld } from '../run-world.ts'
import type { BuildStore } from '../store/build-store.ts'
import type { Waiting } from '../tree/node.ts'
import { type KeptMount, writeFacts } from './mount-name.ts'
import { isUsed, waitFor } from './mount-use.ts'

/** The name of the folder in its layer. */
export const topName = 'mount'

/** How long one that a build has for itself is waited for. */
const patienceMs = 60_000
const mostTries = 3

export interface Packing extends Waiting {
  readonly store: BuildStore
  readonly runs: Pick<RunWorld, 'sandbox' | 'snapshots'>
}

/** Times are whole seconds, so that what is laid down elsewhere and packed again is the same layer. */
export async function packMount({ folder, facts }: KeptMount, o: Packing): Promise<PackedMount> {
  const release = await waitFor(`${folder}.lock`, { ...o, limitMs: patienceMs })
  if (release === undefined) throw problem('CACHE_MOUNT_IN_USE', { id: facts.id, what: 'a build has it for itself' })
  try {
    for (let tries = 1; ; tries++) {
      const packed = await packOnce(folder, facts, o)
      if (packed === undefined && tries < mostTries) continue
      if (packed === undefined) throw problem('CACHE_MOUNT_IN_USE', { id: facts.id, what: `its files changed ${mostTries} times while they were read` })
      const { id, from, copy } = facts
      await writeFacts(folder, { ...facts, packed: packed.descriptor.digest })
      return { id, ...(from !== undefined && { from }), ...(copy !== undefined && { copy }), ...packed }
    }
  } finally {
    release()
  }
}

/** Undefined: the files changed under way. */
async function packOnce(folder: string, facts: KeptMount['facts'], o: Packing): Promise<Pick<PackedMount, 'diffId' | 'descriptor'> | undefined> {
  const before = await mountFiles(folder, o)
  const shared = isUsed(folder)
  try {
    const { diffId, descriptor } = await writeLayer(before, { ...o, format: 'oci', createdMs: 0, previous: facts.packed })
    const steady = (!shared && !isUsed(folder)) || printOf(before) === printOf(await mountFiles(folder, o))
    return steady ? { diffId, descriptor } : undefined
  } catch (error) {
    if (isProblem(error, 'BUILD_CONTEXT_CHANGED')) return undefined
    throw error
  }
}

async function mountFiles(folder: string, { runs: { sandbox, snapshots }, signal }: Packing): Promise<Changes> {
  const work = await snapshots.work()
  try {
    const about = { signal, scratch: work.folder }
    const attributes = (await sandbox.attributes(dirname(folder), [basename(folder)], about)).get(basename(folder))
    const top = nodeOf(folder, lstatSync(folder, { bigint: true }), { content: folder, attributes, owner: decodeOwner(attributes?.get(ownerAttribute)) })
    const { changed } = await readUpper(folder, [], sandbox, { ...about, later: folder })
    return [...(top === undefined ? [] : [[topName, top] as const]), ...changed.map(([path, node]) => [`${topName}/${path}`, node] as const)]
  } finally {
    await work.end()
  }
}

/** Equal while nothing is written, renamed or given to somebody else. */
function printOf(files: Changes): string {
  return JSON.stringify(files.map(([path, node]) => [path, node.kind === 'file' ? node.fingerprint : `${node.mtimeNs}`, node.mode, node.uid, node.gid]))
}
