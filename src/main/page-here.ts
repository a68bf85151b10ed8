/** The page beside the program: in the bundle a folder next to it; in a clone what is built from `web`, anew when that has changed. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type PageFiles, readPage } from '../server/page-files.ts'

const root = join(import.meta.dirname, '..', '..')

export async function pageHere(o: { readonly signal: AbortSignal }): Promise<PageFiles | undefined> {
  const bundled = [join(import.meta.dirname, 'page'), join(import.meta.dirname, '..', 'page')].find((place) => existsSync(join(place, 'index.html')))
  if (bundled !== undefined) return readPage(bundled)
  const built = join(root, 'dist', 'page')
  const tool = join(root, 'tools', 'bundle', 'page.ts')
  if (existsSync(tool) && newest(join(root, 'web')) > newest(built))
    await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', tool], { cwd: root, signal: o.signal })
  return existsSync(join(built, 'index.html')) ? readPage(built) : undefined
}

/** When the last file in it was written; 0: there is none. */
function newest(folder: string): number {
  if (!existsSync(folder)) return 0
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((last, entry) => Math.max(last, statSync(join(entry.parentPath, entry.name)).mtimeMs), 0)
}
