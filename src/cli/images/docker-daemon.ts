/** `docker-daemon:NAME:TAG`: images of the Docker Engine that the environment names, as source and as target. Everything streams. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isProblem, problem } from '../../base/problem.ts'
import { type DockerEngine, dockerEngine } from '../../docker-api/engine.ts'
import { findEngine } from '../../docker-api/find-engine.ts'
import { type Archive, chooseImage } from '../../media/archive.ts'
import { openArchive } from '../../media/open-archive.ts'
import { archiveStream } from '../../media/write-archive.ts'
import { isDigest } from '../../oci/digest.ts'
import { familiarRef, withDefaultTag } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import { withoutZstd } from '../../oci/without-zstd.ts'
import { imageFor } from '../../registry/pull.ts'
import type { World } from '../world.ts'
import { localImages } from './local-images.ts'
import { referenceOf } from './reference-of.ts'

const word = 'docker-daemon:'

/** What comes after the word: a name, with `latest` when it has no tag, or an image's ID. Undefined when the word is not there. */
export function daemonImage(text: string): string | undefined {
  if (!text.startsWith(word)) return undefined
  const name = text.slice(word.length)
  return isDigest(name) ? name : familiarRef(withDefaultTag(referenceOf(name)))
}

export async function withDaemon<T>(world: World, use: (engine: DockerEngine) => Promise<T>): Promise<T> {
  const { host, tls } = await findEngine(world.env)
  const engine = dockerEngine(host, tls)
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}

export interface DaemonSource {
  readonly view: Image | Index
  close(): Promise<void>
}

/** The saved archive lies in a file that has no name any more once it is open. */
export async function saveFromDaemon(name: string, world: World): Promise<DaemonSource> {
  const archive = await savedArchive(name, world)
  try {
    return { view: await whatIsThere(chooseImage(archive).view, name, world), close: () => archive.close() }
  } catch (error) {
    await archive.close()
    throw error
  }
}

/** An engine that keeps images in containerd saves the whole index, of which it may have pulled one platform only. */
async function whatIsThere(view: Image | Index, name: string, world: World): Promise<Image | Index> {
  if (view.kind === 'image') return view
  for (const child of await view.children()) {
    try {
      await child.open()
    } catch (error) {
      if (!isProblem(error, 'ARCHIVE_MISSING_BLOB')) throw error
      return imageFor(view, world.platform, name)
    }
  }
  return view
}

async function savedArchive(name: string, world: World): Promise<Archive> {
  const { signal } = world
  const { blobs } = localImages(world.home)
  const folder = join(blobs.dir, 'ingest')
  await mkdir(folder, { recursive: true })
  const file = join(folder, randomUUID())
  try {
    await withDaemon(world, async (engine) => pipeline(await engine.save([name], { signal }), createWriteStream(file, { mode: 0o600 }), { signal }))
    return await openArchive(file, { signal, spool: blobs })
  } finally {
    await rm(file, { force: true })
  }
}

/** Docker 23. */
const knowsZstd = 42

/** Of an index the engine gets the image for this machine. Answers that image. */
export async function loadIntoDaemon(view: Image | Index, name: string, world: World): Promise<Image> {
  const { signal } = world
  if (isDigest(name)) throw problem('DOCKER_NAME_NEEDED', { name })
  const image = await imageFor(view, world.platform, name)
  await withDaemon(world, async (engine) => {
    const { api } = await engine.facts({ signal })
    const readable = Number(api.split('.')[1]) < knowsZstd ? await withoutZstd(image, { signal }) : image
    await engine.load(await archiveStream([{ view: readable, refs: [referenceOf(name)] }], { signal }), { signal })
  })
  return image
}
