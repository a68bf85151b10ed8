/** An archive as docker save wrote it before version 25: plain layers and a configuration, no manifest. Opened with a spool, and closed with the test. */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { chooseImage } from '../../src/media/archive.ts'
import { contentStore } from '../../src/media/content-store.ts'
import { openArchive } from '../../src/media/open-archive.ts'
import { randomImage } from '../../src/oci/random-image.ts'
import type { Image } from '../../src/oci/views.ts'
import { type TarItem, writeTar } from '../../src/tar/write-tar.ts'

const signal = new AbortController().signal

export interface ForeignArchiveOptions {
  readonly layers?: number
  readonly bytes?: number
  readonly seed?: number
  /** Of the last layer a byte is another than the configuration says. */
  readonly rotten?: boolean
}

export async function foreignArchive({ rotten = false, ...o }: ForeignArchiveOptions = {}): Promise<Image> {
  const dir = await mkdtemp(join(tmpdir(), 'foreign-'))
  const made = await randomImage({ ...o, format: 'docker' })
  const tars = await Promise.all((await made.layers()).map(async (layer) => Buffer.concat(await (await layer.uncompressed({ signal })).toArray())))
  const last = tars.at(-1)
  if (rotten && last !== undefined) last[last.length >> 1] = (last[last.length >> 1] ?? 0) ^ 1
  const config = await made.configBytes()
  const name = `${createHash('sha256').update(config).digest('hex')}.json`
  const table = [{ Config: name, RepoTags: ['a:1'], Layers: tars.map((_, i) => `${i}/layer.tar`) }]
  const items = [file(name, config), ...tars.map((tar, i) => file(`${i}/layer.tar`, tar)), file('manifest.json', Buffer.from(JSON.stringify(table)))]
  await writeFile(join(dir, 'image.tar'), Buffer.concat(await writeTar(items, { signal }).toArray()))
  const archive = await openArchive(join(dir, 'image.tar'), { signal, spool: contentStore(join(dir, 'spool'), { durability: 'fast' }) })
  onTestFinished(async () => {
    await archive.close()
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  })
  const { view } = chooseImage(archive)
  if (view.kind !== 'image') throw new Error('an archive of docker save holds images')
  return view
}

function file(path: string, body: Buffer): TarItem {
  return { entry: { kind: 'file', path, size: body.length, mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }, body }
}
