/** Lists the files of the repository without asking git, which may not be installed: paths from the root with forward slashes, sorted. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const skipped = new Set(['node_modules', 'dist', 'coverage', '.git', '.slipway', '.slipway-home'])

export function walk(root: string, folder = '', keep: (path: string) => boolean = () => true): readonly string[] {
  if (!existsSync(join(root, folder))) return []
  const found: string[] = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory() && !skipped.has(entry.name)) found.push(...walk(root, path, keep))
    else if (entry.isFile() && keep(path)) found.push(path)
  }
  return found.sort()
}

/** `.ts` and `.tsx` files only, with no declarations. */
export function typeScriptFiles(root: string, folder: string): readonly string[] {
  return walk(root, folder, (path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
}
