/** Layers on top of each other: which records are there in the end, and which layer brought each package. */
import type { Found, FoundPackage } from './found.ts'
import type { LayerDelta, LowerRecords } from './layer-delta.ts'

export interface PlacedRecord {
  readonly found: Found
  /** The diffID of the layer that wrote the record last. */
  readonly layer: string
  /** Of packages that were there before, the layer that brought them: by their place in `found`. */
  readonly origins?: readonly string[]
}

export interface ImageRecords extends LowerRecords {
  /** Puts one more layer on top. */
  add(delta: LayerDelta, layer: string): void
  records(): ReadonlyMap<string, PlacedRecord>
}

export function imageRecords(): ImageRecords {
  const records = new Map<string, PlacedRecord>()
  /** Folders above records, and how many records each has below it. */
  const folders = new Map<string, number>()
  const count = (path: string, by: number): void => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at)
      const left = (folders.get(folder) ?? 0) + by
      if (left === 0) folders.delete(folder)
      else folders.set(folder, left)
    }
  }
  const remove = (path: string): void => {
    if (records.delete(path)) count(path, -1)
  }
  /** One pass over all records, however many paths are gone. */
  const removeHidden = (gone: ReadonlySet<string>, emptied: ReadonlySet<string>): void => {
    if (gone.size + emptied.size === 0) return
    for (const path of [...records.keys()]) if (isHidden(path, gone, emptied)) remove(path)
  }
  return {
    isRecord: (path) => records.has(path),
    holds: (path) => records.has(path) || folders.has(path),
    records: () => records,
    add({ gone, emptied, found }, layer) {
      const before = new Map(found.flatMap(([path]) => (records.has(path) ? [[path, records.get(path)]] : [])) as [string, PlacedRecord][])
      removeHidden(new Set(gone), new Set(emptied))
      for (const [path, told] of found) {
        if (!records.has(path)) count(path, 1)
        records.set(path, placed(told, layer, before.get(path)))
      }
    },
  }
}

function isHidden(path: string, gone: ReadonlySet<string>, emptied: ReadonlySet<string>): boolean {
  if (gone.has(path) || emptied.has('')) return true
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = path.slice(0, at)
    if (gone.has(folder) || emptied.has(folder)) return true
  }
  return false
}

/** A package of the same name and version in the record that was replaced came with that one: a database is written anew for each package. */
function placed(found: Found, layer: string, before: PlacedRecord | undefined): PlacedRecord {
  if (found.kind !== 'packages' || before?.found.kind !== 'packages') return { found, layer }
  const known = new Map(before.found.packages.map((one, i) => [keyOf(one), before.origins?.[i] ?? before.layer]))
  const origins = found.packages.map((one) => known.get(keyOf(one)) ?? layer)
  return origins.every((origin) => origin === layer) ? { found, layer } : { found, layer, origins }
}

function keyOf(one: FoundPackage): string {
  return `${one.name}\0${one.version}\0${one.architecture ?? ''}`
}
