/** How a wrong import is reached: the shortest way from an entry of the importing folder to the importer. */
import { posix } from 'node:path'
import type { Tree } from './tree.ts'

/** An entry is a file of the folder that is imported from elsewhere, or by nobody. Ends with the importer itself. */
export function chainTo(tree: Tree, importer: string): readonly string[] {
  const folder = topFolder(importer)
  const importers = importersWithin(tree, folder)
  const seen = new Set([importer])
  let ways: readonly (readonly string[])[] = [[importer]]
  while (ways.length > 0) {
    const entry = ways.find(([first]) => first !== undefined && isEntry(tree, folder, importers, first))
    if (entry !== undefined) return entry
    ways = ways.flatMap((way) => (importers.get(way[0] ?? '') ?? []).filter((path) => !seen.has(path) && seen.add(path)).map((path) => [path, ...way]))
  }
  return [importer]
}

function isEntry(tree: Tree, folder: string, importers: ReadonlyMap<string, readonly string[]>, path: string): boolean {
  if ((importers.get(path) ?? []).length === 0) return true
  return [...tree.values()].some((file) => !file.isTest && topFolder(file.path) !== folder && file.imports.some((site) => site.path === path))
}

function importersWithin(tree: Tree, folder: string): ReadonlyMap<string, readonly string[]> {
  const importers = new Map<string, string[]>()
  for (const file of tree.values()) {
    if (file.isTest || topFolder(file.path) !== folder) continue
    for (const { path } of file.imports) {
      if (path === undefined || path === file.path) continue
      const known = importers.get(path) ?? []
      if (!known.includes(file.path)) importers.set(path, [...known, file.path])
    }
  }
  return importers
}

function topFolder(path: string): string {
  return path.startsWith('src/') ? path.split('/').slice(0, 2).join('/') : posix.dirname(path)
}
