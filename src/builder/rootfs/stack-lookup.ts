/** Looks into a stack of layer folders the way the kernel's overlay does: the topmost wins, white-outs and opaque directories hide. */
import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { parentOf } from '../tree/node.ts'
import type { Attributes } from './about-snapshot.ts'

export interface LayerFolder {
  readonly folder: string
  readonly opaque: ReadonlySet<string>
  readonly attributes: Attributes
}

/** Topmost first. */
export type LayerFolders = readonly LayerFolder[]

export function isWhiteout(stats: Pick<Stats, 'isCharacterDevice'> & { readonly rdev: number | bigint }): boolean {
  return stats.isCharacterDevice() && BigInt(stats.rdev) === 0n
}

export interface Located {
  readonly file: string
  readonly stats: Stats
  readonly layer: LayerFolder
}

export function locate(layers: LayerFolders, path: string): Located | undefined {
  for (const layer of layers) {
    const stats = statOf(layer, path)
    if (stats !== undefined) return isWhiteout(stats) ? undefined : { file: join(layer.folder, path), stats, layer }
    if (hides(layer, path)) return undefined
  }
  return undefined
}

export function lookUp(layers: LayerFolders, path: string): Stats | undefined {
  return locate(layers, path)?.stats
}

/** Names that a directory shows. */
export function namesIn(layers: LayerFolders, path: string): ReadonlySet<string> {
  const shown = new Set<string>()
  const hidden = new Set<string>()
  for (const layer of layers) {
    const stats = statOf(layer, path)
    if (stats !== undefined && !stats.isDirectory()) break
    if (stats !== undefined) {
      for (const entry of readdirSync(join(layer.folder, path), { withFileTypes: true })) {
        if (shown.has(entry.name) || hidden.has(entry.name)) continue
        const gone = entry.isCharacterDevice() && isWhiteout(lstatSync(join(layer.folder, path, entry.name)))
        if (gone) hidden.add(entry.name)
        else shown.add(entry.name)
      }
      if (layer.opaque.has(path)) break
    }
    if (hides(layer, path)) break
  }
  return shown
}

/** The layer ends the search: a directory above the path is opaque in it, or is no directory there. */
function hides(layer: LayerFolder, path: string): boolean {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
    const stats = statOf(layer, above)
    if (stats !== undefined && (!stats.isDirectory() || layer.opaque.has(above))) return true
  }
  return false
}

function statOf(layer: LayerFolder, path: string): Stats | undefined {
  try {
    return lstatSync(join(layer.folder, path), { throwIfNoEntry: false })
  } catch {
    // ENOTDIR: something else is where a directory would have to be; `hides` sees it.
    return undefined
  }
}
