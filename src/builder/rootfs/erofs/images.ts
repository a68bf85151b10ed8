/** Layers as EROFS images, each written once, while it arrives: `layers/<name>-<writer>.erofs`. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { headerSize } from '../../../erofs/format.ts'
import { decodeHeader, type ImageFacts, writerVersion } from '../../../erofs/header.ts'
import { openImage } from '../../../erofs/view.ts'
import { syncFolder } from '../../../media/atomic-file.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import { limitTo } from '../../solve/limit.ts'
import { markUsed } from '../../store/used.ts'
import type { Waiting } from '../../tree/node.ts'
import { type ImageLayer, imageLayer } from './image-layer.ts'
import { writeImage } from './write-image.ts'

export interface TarSource {
  /** Names what is in it: for base layers the digest of the tar, without the algorithm. */
  name(): Promise<string>
  /** Refuses the tar that it is not. */
  check(sha256: string): void
  open(o: Waiting): Promise<AsyncIterable<Uint8Array>>
}

export interface LayerImages {
  /** Undefined: not here yet. */
  find(name: string): Promise<ImageLayer | undefined>
  /** Written when it is not here yet, once, whoever asks. */
  ready(tar: TarSource): Promise<ImageLayer>
  /** Ends when all that was written will survive the machine. */
  settled(): Promise<void>
}

export interface LayerImagesOptions extends Waiting {
  /** A folder for work that may be cut short, on the same file system. */
  work(): Promise<{ readonly folder: string; end(): Promise<void> }>
}

/** Layers that are fetched and unpacked at the same time: one waits for the network while another inflates. */
const atOnce = 3

/**
 * A file appears under a name of this run of the machine as soon as it is whole, and under its lasting name once it is on the disk:
 * nobody waits for the disk before a RUN, and after a power cut there is nothing half there. Any number of processes may do the same.
 */
export function layerImages(root: string, o: LayerImagesOptions): LayerImages {
  const folder = join(root, 'layers')
  const lasting = (name: string) => join(folder, `${name}-${writerVersion}.erofs`)
  const passing = (name: string) => join(folder, `${name}-${writerVersion}.${bootId()}.erofs`)
  const limit = limitTo(atOnce)
  const known = new Map<string, Promise<ImageLayer>>()
  const syncing: Promise<void>[] = []
  const find = async (name: string) => {
    for (const path of [lasting(name), passing(name)]) markUsed(root, `layers/${basename(path)}`)
    return (await openLayer(lasting(name), name)) ?? (await openLayer(passing(name), name))
  }
  const write = async (name: string, tar: TarSource): Promise<ImageLayer> => {
    const found = await find(name)
    if (found !== undefined) return found
    const work = await o.work()
    try {
      const part = join(work.folder, `${randomUUID()}.erofs`)
      const pending = passing(`${randomUUID()}.${name}`)
      const file = await open(part, 'wx+', 0o600)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      try {
        await writeImage(file, await tar.open(o), { ...o, name, check: (sha256) => tar.check(sha256) })
        await link(part, pending)
        await rename(part, passing(name))
      } catch (error) {
        await file.close()
        throw error
      }
      syncing.push(keep(file, pending, lasting(name), folder))
      return (await openLayer(passing(name), name)) ?? Promise.reject(new Error(`${passing(name)} is gone`))
    } finally {
      await work.end()
    }
  }
  return {
    find,
    async ready(tar) {
      const name = await tar.name()
      const started = known.get(name) ?? limit(() => write(name, tar))
      known.set(name, started)
      return started
    },
    settled: async () => void (await Promise.allSettled(syncing)),
  }
}

/** `from` is a name of this very file: another build may have put its own under the passing name. */
async function keep(file: FileHandle, from: string, to: string, folder: string): Promise<void> {
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(from, to)
  await syncFolder(folder)
}

/** What is cut, damaged or by another writer does not count, and makes room for a new one. */
async function openLayer(path: string, name: string): Promise<ImageLayer | undefined> {
  const file = await ifPresent(open(path, 'r'))
  if (file === undefined) return undefined
  try {
    const facts = decodeHeader(await exactly(file, 0, headerSize))
    const view = facts?.name === name ? openImage(await metadataOf(file, facts), facts) : undefined
    if (facts !== undefined && view !== undefined) return imageLayer(path, view, facts)
  } finally {
    await file.close()
  }
  await rm(path, { force: true })
  return undefined
}

async function metadataOf(file: FileHandle, { metadataBlock, metadataSize, notesSize }: ImageFacts): Promise<Buffer> {
  const size = metadataSize + notesSize
  return (await file.stat()).size === metadataBlock * 512 + size ? exactly(file, metadataBlock * 512, size) : Buffer.alloc(0)
}

async function exactly(file: FileHandle, position: number, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(size), 0, size, position)
  return buffer.subarray(0, bytesRead)
}

/** Names of earlier runs of the machine count no more. */
export async function sweepImages(root: string): Promise<void> {
  for (const name of (await ifPresent(readdir(join(root, 'layers')))) ?? []) {
    const [, boot] = /\.([0-9a-f-]{36})\.erofs$/.exec(name) ?? []
    if (boot !== undefined && boot !== bootId()) await rm(join(root, 'layers', name), { force: true })
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
