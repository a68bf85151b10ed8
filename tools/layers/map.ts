/** The floors, read from layers.json, and where a file stands in them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface FolderEntry {
  readonly about: string
  /** Folders of the same floor that this one may import. */
  readonly beside: readonly string[]
  /** Lower folders that this one may not import, besides those that its floor may not. */
  readonly not?: readonly string[]
}

export interface Floor {
  readonly name: string
  readonly about: string
  readonly pure: boolean
  readonly folders: Readonly<Record<string, FolderEntry>>
  /** Lower folders that this floor may not import all the same. */
  readonly not?: readonly string[]
}

export interface LayerMap {
  readonly floors: readonly Floor[]
  /** Modules that pure floors may not import. */
  readonly impure: readonly string[]
  /** The page in the browser: its folder, and the folders of src/ that it may import. */
  readonly page?: { readonly folder: string; readonly may: readonly string[] }
  /** Files, or folders ending in `/`, that may be longer than the limit because they are tables. */
  readonly tables?: readonly string[]
}

export interface Place {
  readonly folder: string
  readonly level: number
  readonly floor: Floor
  readonly entry: FolderEntry
}

export function readLayerMap(root: string): LayerMap {
  return JSON.parse(readFileSync(join(root, 'layers.json'), 'utf8')) as LayerMap
}

/** Undefined for files outside src/ and for folders that no floor lists. */
export function placeOf(map: LayerMap, path: string): Place | undefined {
  const folder = /^src\/([^/]+)\//.exec(path)?.[1]
  if (folder === undefined) return undefined
  for (const [level, floor] of map.floors.entries()) {
    const entry = floor.folders[folder]
    if (entry !== undefined) return { folder, level, floor, entry }
  }
  return undefined
}
