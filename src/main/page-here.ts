/** The page beside the program: in the bundle a folder next to it, in a clone what `npm run build` has made. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type PageFiles, readPage } from '../server/page-files.ts'

export async function pageHere(): Promise<PageFiles | undefined> {
  const places = [join(import.meta.dirname, 'page'), join(import.meta.dirname, '..', 'page'), join(import.meta.dirname, '..', '..', 'dist', 'page')]
  const folder = places.find((place) => existsSync(join(place, 'index.html')))
  return folder === undefined ? undefined : readPage(folder)
}
