/** `npm run docs`: writes the generated pages. `-- --check` only says which are stale, and which codes are defined twice. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { duplicateCodes, loadCodeTables } from './code-tables.ts'
import { renderPages, stalePages } from './pages.ts'

const pages = await renderPages(root)
const stale = stalePages(pages)
const complaints = [...duplicateCodes(await loadCodeTables(root))]
if (process.argv.includes('--check')) complaints.push(...stale.map((path) => `${path} is stale: npm run docs`))
else for (const page of pages) if (stale.includes(page.path)) writeFileSync(join(root, page.path), page.fresh)
for (const complaint of complaints) process.stdout.write(`${complaint}\n`)
process.stdout.write(`${pages.length} generated pages, ${stale.length} ${process.argv.includes('--check') ? 'stale' : 'written'}\n`)
process.exitCode = complaints.length === 0 ? 0 : 1
