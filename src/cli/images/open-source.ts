/** An image by whatever people call it: an archive or layout on disk, a name in the image store, of a Docker Engine, or a reference in a registry. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { chooseImage } from '../../media/archive.ts'
import { openArchive } from '../../media/open-archive.ts'
import { openStored } from '../../media/stored-image.ts'
import { showRef } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { pull } from '../../registry/pull.ts'
import type { World } from '../world.ts'
import { daemonImage, saveFromDaemon } from './docker-daemon.ts'
import { localImages } from './local-images.ts'
import { referenceOf } from './reference-of.ts'

export interface OpenedSource {
  readonly kind: 'archive' | 'store' | 'registry' | 'docker-daemon'
  /** Full name, or the path of the archive. */
  readonly name: string
  readonly view: Image | Index
  close(): Promise<void>
}

export interface SourceOptions {
  readonly client: RegistryClient
  /** Chooses among several images of an archive. */
  readonly image?: string
  /** Look only in registries. */
  readonly remote?: boolean
}

export async function openSource(text: string, o: SourceOptions, world: World): Promise<OpenedSource> {
  const inDaemon = daemonImage(text)
  if (inDaemon !== undefined) return { kind: 'docker-daemon', name: text, ...(await saveFromDaemon(inDaemon, world)) }
  const path = resolve(world.cwd, text)
  const onDisk = o.remote === true ? undefined : await stat(path).catch(() => undefined)
  if (onDisk !== undefined) return openFile(path, o, world)
  const ref = referenceOf(text)
  const images = localImages(world.home)
  const stored = o.remote === true ? undefined : await images.names.get(showRef(ref))
  const nothing = { close: async () => undefined }
  if (stored !== undefined) return { kind: 'store', name: showRef(ref), view: await openStored(images.blobs, stored), ...nothing }
  return { kind: 'registry', name: showRef(ref), view: await pull(ref, { client: o.client, signal: world.signal }), ...nothing }
}

async function openFile(path: string, o: SourceOptions, world: World): Promise<OpenedSource> {
  const archive = await openArchive(path, { signal: world.signal, spool: localImages(world.home).blobs })
  try {
    const { view } = chooseImage(archive, o.image === undefined ? undefined : referenceOf(o.image))
    return { kind: 'archive', name: path, view, close: () => archive.close() }
  } catch (error) {
    await archive.close()
    throw error
  }
}
