/** What is in an image, read without the builder's own help: each layer's entries, and all layers laid over one another. */
import { createHash } from 'node:crypto'
import type { Image, Layer } from '../../../src/oci/views.ts'
import { streamSource } from '../../../src/tar/byte-source.ts'
import { readTar } from '../../../src/tar/read-tar.ts'

/** Plain values, so that two of them are compared field by field. */
export interface FileFacts {
  readonly kind: string
  readonly mode: string
  readonly owner: string
  /** `now` for what the build itself made. */
  readonly time: string
  readonly size?: number
  readonly sha256?: string
  /** Of small files. */
  readonly text?: string
  readonly target?: string
  readonly device?: string
  readonly attributes?: string
  /** All names of a file with several. */
  readonly names?: string
}

export type FileTable = ReadonlyMap<string, FileFacts>

const signal = new AbortController().signal
const known = new Map<string, Promise<FileTable>>()

/** Times from `since` on are those of the build. Layers are read once, by content. */
export async function layerFiles(layer: Layer, since: number): Promise<FileTable> {
  const id = await layer.diffId()
  const read = known.get(id) ?? readLayer(layer, since)
  known.set(id, read)
  return read
}

async function readLayer(layer: Layer, since: number): Promise<FileTable> {
  const files = new Map<string, FileFacts>()
  const names = new Map<string, string[]>()
  for await (const { entry, body } of readTar(streamSource(await layer.uncompressed({ signal })), { signal })) {
    const path = entry.path.replace(/^(?:\.?\/)+/, '')
    if (path === '' || path === '.') continue
    if (entry.kind === 'hardlink') {
      const first = entry.target.replace(/^(?:\.?\/)+/, '')
      names.set(first, [...(names.get(first) ?? [first]), path])
      continue
    }
    const content = entry.kind === 'file' ? await contentOf(entry.size, body()) : {}
    const seconds = Number(entry.mtimeNs / 1_000_000_000n)
    files.set(path, {
      kind: entry.kind,
      mode: entry.mode.toString(8),
      owner: `${entry.uid}:${entry.gid}`,
      time: seconds >= since ? 'now' : String(entry.mtimeNs),
      ...content,
      ...('target' in entry && { target: entry.target }),
      ...('major' in entry && { device: `${entry.major}:${entry.minor}` }),
      ...(entry.xattrs !== undefined && entry.xattrs.size > 0 && { attributes: attributesOf(entry.xattrs) }),
    })
  }
  for (const [first, group] of names) {
    const facts = files.get(first)
    if (facts === undefined) throw new Error(`a hard link to ${first}, which is not in the layer before it`)
    for (const name of group) files.set(name, { ...facts, names: group.toSorted().join(' ') })
  }
  return files
}

async function contentOf(size: number, body: AsyncIterable<Uint8Array>): Promise<Pick<FileFacts, 'size' | 'sha256' | 'text'>> {
  const hash = createHash('sha256')
  const small: Uint8Array[] = []
  for await (const chunk of body) {
    hash.update(chunk)
    if (size <= 2000) small.push(chunk)
  }
  const sha256 = hash.digest('hex')
  return size <= 2000 ? { size, text: Buffer.concat(small).toString('latin1') } : { size, sha256 }
}

function attributesOf(xattrs: ReadonlyMap<string, Buffer>): string {
  return [...xattrs]
    .map(([name, value]) => `${name}=${value.toString('hex')}`)
    .sort()
    .join(' ')
}

/** What a container sees. */
export async function treeOf(image: Image, since: number): Promise<FileTable> {
  const tree = new Map<string, FileFacts>()
  for (const layer of await image.layers()) lay(tree, await layerFiles(layer, since))
  return tree
}

function lay(tree: Map<string, FileFacts>, layer: FileTable): void {
  const removed = [...layer.keys()].filter((path) => /(?:^|\/)\.wh\./.test(path))
  for (const path of removed) {
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    const name = path.slice(folder.length)
    if (name === '.wh..wh..opq') removeBelow(tree, folder)
    else {
      tree.delete(folder + name.slice(4))
      removeBelow(tree, `${folder}${name.slice(4)}/`)
    }
  }
  for (const [path, facts] of layer) {
    if (/(?:^|\/)\.wh\./.test(path)) continue
    if (facts.kind !== 'dir' && tree.get(path)?.kind === 'dir') removeBelow(tree, `${path}/`)
    tree.set(path, facts)
  }
}

function removeBelow(tree: Map<string, FileFacts>, prefix: string): void {
  for (const path of tree.keys()) if (path.startsWith(prefix)) tree.delete(path)
}
