/** The table of generated pages: path to the text it should have, given the text it has. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLayerMap } from '../layers/map.ts'
import { replaceBlock } from './blocks.ts'
import { loadCodeTables } from './code-tables.ts'
import { errorsPage } from './errors-page.ts'
import { floorMap } from './floor-map.ts'
import { parityCounts, rungTable, toleratedTable } from './parity-table.ts'
import { settingsPage } from './settings-page.ts'

type Render = (root: string, now: string) => Promise<string>

const pages = {
  'ARCHITECTURE.md': async (root, now) => replaceBlock(now, 'floors', floorMap(readLayerMap(root))),
  'docs/parity.md': async (_root, now) =>
    replaceBlock(replaceBlock(replaceBlock(now, 'counts', parityCounts()), 'tolerated', toleratedTable()), 'rungs', rungTable()),
  'docs/settings.md': async () => settingsPage(),
  'docs/errors.md': async (root) => errorsPage(await loadCodeTables(root)),
} satisfies Record<string, Render>

export interface Page {
  readonly path: string
  readonly now: string
  readonly fresh: string
}

export async function renderPages(root: string): Promise<readonly Page[]> {
  return await Promise.all(
    Object.entries(pages).map(async ([path, render]) => {
      const now = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : ''
      return { path, now, fresh: await render(root, now) }
    }),
  )
}

export function stalePages(pages: readonly Page[]): readonly string[] {
  return pages.filter((page) => page.now !== page.fresh).map((page) => page.path)
}
