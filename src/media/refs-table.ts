/** Names of stored images: one small file per name, replaced atomically, so that any number of processes may write. */
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Descriptor } from '../oci/descriptor.ts'
import { digestOf, hexOf, parseDigest } from '../oci/digest.ts'
import { type Durability, temporaryMark, writeFileAtomically } from './atomic-file.ts'
import { ifPresent } from './file-errors.ts'

export interface NamedDescriptor {
  readonly name: string
  readonly descriptor: Descriptor
}

export interface DatedName extends NamedDescriptor {
  /** When the name was given. */
  readonly setMs: number
}

export interface RefsTable {
  get(name: string): Promise<Descriptor | undefined>
  /** The last writer wins. */
  set(name: string, descriptor: Descriptor): Promise<void>
  remove(name: string): Promise<boolean>
  /** Sorted by name. Files that are damaged or not ours are passed over. */
  list(): Promise<readonly DatedName[]>
}

const shape = v.object({ name: v.string(), descriptor: v.object({ mediaType: v.string(), digest: v.string(), size: v.number() }) })

export function refsTable(dir: string, o: { readonly durability?: Durability } = {}): RefsTable {
  // Names are longer than file names may be, and hold "/": the file is named by the hash.
  const pathOf = (name: string) => join(dir, `${hexOf(digestOf(name))}.json`)
  return {
    get: async (name) => (await readRef(pathOf(name)))?.descriptor,
    set: (name, { mediaType, digest, size }) => writeFileAtomically(pathOf(name), JSON.stringify({ name, descriptor: { mediaType, digest, size } }), o),
    remove: async (name) => (await ifPresent(rm(pathOf(name)).then(() => true))) ?? false,
    list: async () => {
      const files = ((await ifPresent(readdir(dir))) ?? []).filter((file) => file.endsWith('.json') && !file.startsWith(temporaryMark))
      const found = await Promise.all(files.map((file) => datedRef(join(dir, file))))
      return found.filter((ref) => ref !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}

async function datedRef(path: string): Promise<DatedName | undefined> {
  const [ref, facts] = await Promise.all([readRef(path), ifPresent(stat(path))])
  return ref === undefined || facts === undefined ? undefined : { ...ref, setMs: facts.mtimeMs }
}

async function readRef(path: string): Promise<NamedDescriptor | undefined> {
  const text = await ifPresent(readFile(path, 'utf8'))
  if (text === undefined) return undefined
  try {
    const { name, descriptor } = v.parse(shape, JSON.parse(text))
    return { name, descriptor: { ...descriptor, digest: parseDigest(descriptor.digest) } }
  } catch {
    return undefined
  }
}
