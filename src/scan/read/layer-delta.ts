/** One pass over a layer: the records it brings, and the records of lower layers that it hides. Nothing is unpacked. */
import { problem } from '../../base/problem.ts'
import type { ByteSource } from '../../tar/byte-source.ts'
import type { TarEntry } from '../../tar/entry.ts'
import { readTar } from '../../tar/read-tar.ts'
import { safePath } from '../../tar/safe-path.ts'
import type { Found } from './found.ts'
import { isGoProgram } from './go-program.ts'
import { recordReader } from './record-kinds.ts'

export interface LayerDelta {
  /** Paths of lower layers that are gone, with all below them. */
  readonly gone: readonly string[]
  /** Folders of which only what is in lower layers is gone. */
  readonly emptied: readonly string[]
  readonly found: readonly (readonly [path: string, found: Found])[]
}

/** What lower layers have. */
export interface LowerRecords {
  isRecord(path: string): boolean
  /** A record, or a folder above one. */
  holds(path: string): boolean
}

export interface LayerPass {
  readonly lower: LowerRecords
  readonly signal: AbortSignal
  /** The layer from its beginning; a second time only when a link stands for a record. */
  open(): Promise<ByteSource>
}

/** More records than any image has: whoever goes on could be fed for ever. */
const mostRecords = 1_000_000

export async function layerDelta(pass: LayerPass): Promise<LayerDelta> {
  const gone = new Set<string>()
  const emptied = new Set<string>()
  const found = new Map<string, Found>()
  const links = new Map<string, string>()
  for await (const read of readTar(await pass.open(), { signal: pass.signal })) {
    const { entry } = read
    const path = plainPath(entry.path)
    const slash = path.lastIndexOf('/')
    if (path.startsWith('.wh.', slash + 1)) {
      whiteout(path, slash, { gone, emptied, lower: pass.lower })
      continue
    }
    if (entry.kind === 'dir' ? pass.lower.isRecord(path) : pass.lower.holds(path)) gone.add(path)
    found.delete(path)
    links.delete(path)
    if (entry.kind === 'hardlink') {
      if (recordReader(path) !== undefined) links.set(path, plainPath(entry.target))
    } else if (entry.kind === 'file') {
      const told = await recordOf(path, { mode: entry.mode, size: entry.size, body: read.body })
      if (told !== undefined) found.set(path, told)
      if (found.size > mostRecords)
        throw problem('SCAN_TARGET_REFUSED', { scanner: 'osv', target: 'a layer', reason: `it holds more than ${mostRecords} records of packages` })
    }
  }
  await followLinks(links, found, pass)
  return { gone: [...gone], emptied: [...emptied], found: [...found] }
}

const opaque = '.wh..wh..opq'

function whiteout(path: string, slash: number, o: { readonly gone: Set<string>; readonly emptied: Set<string>; readonly lower: LowerRecords }): void {
  const folder = slash < 0 ? '' : path.slice(0, slash)
  const name = path.slice(slash + 1)
  if (name === opaque) {
    if (folder === '' || o.lower.holds(folder)) o.emptied.add(folder)
  } else if (!name.startsWith('.wh..wh.')) {
    const target = folder === '' ? name.slice(4) : `${folder}/${name.slice(4)}`
    if (o.lower.holds(target)) o.gone.add(target)
  }
}

/** Programs smaller than this are not made with Go: its runtime alone is larger. */
const smallestGo = 256 * 1024
const executable = 0o111

/** Undefined for files that are no record; these are not read, or little of them. */
export async function recordOf(
  path: string,
  file: { readonly mode: number; readonly size: number; body(): AsyncIterable<Buffer> },
): Promise<Found | undefined> {
  const reader = recordReader(path)
  if (reader !== undefined) return reader(file.body(), path)
  if ((file.mode & executable) === 0 || file.size < smallestGo) return undefined
  return (await isGoProgram(file.body())) ? { kind: 'unread', what: 'go' } : undefined
}

/** Links to links; no writer makes long chains of them. */
function lastTarget(first: string, links: ReadonlyMap<string, string>): string {
  let at = first
  for (let i = 0; i < 16; i++) at = links.get(at) ?? at
  return at
}

/** Whatever record it is, its reader refuses more. */
const largestLinked = 129 * 1024 * 1024

/** Hard links of records to files that were read already, or else by reading the layer again for their contents. */
async function followLinks(links: ReadonlyMap<string, string>, found: Map<string, Found>, pass: LayerPass): Promise<void> {
  const waiting = new Map<string, string[]>()
  for (const [path, first] of links) {
    const target = lastTarget(first, links)
    const told = found.get(target)
    if (told !== undefined && recordReader(path) === recordReader(target)) found.set(path, told)
    else waiting.set(target, [...(waiting.get(target) ?? []), path])
  }
  if (waiting.size === 0) return
  for await (const { entry, body } of readTar(await pass.open(), { signal: pass.signal })) {
    const names = entry.kind === 'file' ? waiting.get(plainPath(entry.path)) : undefined
    if (names === undefined) continue
    const content: Buffer[] = []
    let size = 0
    for await (const piece of body()) {
      content.push(Buffer.from(piece))
      size += piece.length
      if (size > largestLinked) break
    }
    for (const name of names) {
      const told = await recordReader(name)?.(of(content), name)
      if (told !== undefined) found.set(name, told)
    }
  }
}

async function* of(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces
}

/** Most paths are plain already. */
function plainPath(path: TarEntry['path']): string {
  const start = path.startsWith('./') ? 2 : path.startsWith('/') ? 1 : 0
  const rest = start === 0 ? path : path.slice(start)
  return rest === '.' || /(?:^|\/)\.{0,2}(?:\/|$)|\0/.test(rest) ? safePath(path) : rest
}
