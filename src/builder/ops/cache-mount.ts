/** RUN --mount=type=cache: a folder by id that outlives builds, shared, locked, or one for each who wants it alone. */
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { problem } from '../../base/problem.ts'
import type { Mount } from '../../dockerfile/mounts.ts'
import type { BuildWorld } from '../build-world.ts'
import type { RunMount } from '../lower/op.ts'
import { takeLock } from '../rootfs/lock.ts'

type Cache = RunMount & { readonly mount: Extract<Mount, { kind: 'cache' }> }

export interface OpenCache {
  readonly folder: string
  close(): Promise<void>
}

export async function openCache({ mount, origin, at }: Cache, world: BuildWorld): Promise<OpenCache> {
  if (origin.kind !== 'context') throw problem('BUILD_NOT_SUPPORTED_YET', { what: 'a cache mount that begins with files of another stage' }, { at })
  const name = createHash('sha256').update(mount.id).digest('hex').slice(0, 32)
  const root = join(world.store.workFolder, 'caches')
  mkdirSync(root, { recursive: true, mode: 0o700 })
  if (mount.sharing === 'shared') return { folder: made(join(root, name), mount), close: async () => undefined }
  for (let i = 0; ; i = mount.sharing === 'private' ? i + 1 : i) {
    const own = i === 0 ? name : `${name}-${i}`
    const release = takeLock(join(root, `${own}.lock`))
    if (release !== undefined) return { folder: made(join(root, own), mount), close: async () => release() }
    if (mount.sharing === 'locked') await pause(50, undefined, { signal: world.signal })
  }
}

/** Mode and owner are given once: afterwards the folder belongs to the commands that use it. */
function made(folder: string, { mode, uid, gid }: Cache['mount']): string {
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true })
  chownSync(folder, uid, gid)
  chmodSync(folder, mode)
  return folder
}
