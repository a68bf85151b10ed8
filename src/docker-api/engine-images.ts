/** Images out of an engine and into it, as views like all others. Everything streams. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isProblem } from '../base/problem.ts'
import { type Archive, chooseImage } from '../media/archive.ts'
import type { ContentStore } from '../media/content-store.ts'
import { openArchive } from '../media/open-archive.ts'
import { archiveStream } from '../media/write-archive.ts'
import type { Platform } from '../oci/platform.ts'
import type { ImageRef } from '../oci/ref.ts'
import type { Image, Index } from '../oci/views.ts'
import { withoutZstd } from '../oci/without-zstd.ts'
import { imageFor } from '../registry/pull.ts'
import type { DockerEngine } from './engine.ts'

export interface EngineImages {
  /** Holds what is saved until it is closed. */
  readonly blobs: ContentStore
  readonly platform: Platform
  readonly signal: AbortSignal
}

export interface EngineSource {
  readonly view: Image | Index
  close(): Promise<void>
}

/** The saved archive lies in a file that has no name any more once it is open. */
export async function saveFromEngine(engine: DockerEngine, name: string, o: EngineImages): Promise<EngineSource> {
  const archive = await savedArchive(engine, name, o)
  try {
    return { view: await whatIsThere(chooseImage(archive).view, name, o), close: () => archive.close() }
  } catch (error) {
    await archive.close()
    throw error
  }
}

/** An engine that keeps images in containerd saves the whole index, of which it may have pulled one platform only. */
async function whatIsThere(view: Image | Index, name: string, { platform }: EngineImages): Promise<Image | Index> {
  if (view.kind === 'image') return view
  for (const child of await view.children()) {
    try {
      await child.open()
    } catch (error) {
      if (!isProblem(error, 'ARCHIVE_MISSING_BLOB')) throw error
      return imageFor(view, platform, name)
    }
  }
  return view
}

async function savedArchive(engine: DockerEngine, name: string, { blobs, signal }: EngineImages): Promise<Archive> {
  const folder = join(blobs.dir, 'ingest')
  await mkdir(folder, { recursive: true })
  const file = join(folder, randomUUID())
  try {
    await pipeline(await engine.save([name], { signal }), createWriteStream(file, { mode: 0o600 }), { signal })
    return await openArchive(file, { signal, spool: blobs })
  } finally {
    await rm(file, { force: true })
  }
}

/** Docker 23. */
const knowsZstd = 42

export interface EngineLoading {
  readonly platform: Platform
  readonly signal: AbortSignal
}

/** Of an index the engine gets the image for this machine. Answers that image. */
export async function loadIntoEngine(engine: DockerEngine, view: Image | Index, refs: readonly ImageRef[], what: string, o: EngineLoading): Promise<Image> {
  const { signal } = o
  const image = await imageFor(view, o.platform, what)
  const { api } = await engine.facts({ signal })
  const readable = Number(api.split('.')[1]) < knowsZstd ? await withoutZstd(image, { signal }) : image
  await engine.load(await archiveStream([{ view: readable, refs }], { signal }), { signal })
  return image
}
