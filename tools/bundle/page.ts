/** Builds the page alone: what `slipway serve` of a clone does when the page is older than its sources. Whoever reads the old one meanwhile has it whole. */
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { root } from '../support/root.ts'
import { buildPage } from './build-page.ts'

const page = join(root, 'dist', 'page')
const [made, old] = [`${page}-${process.pid}`, `${page}-old-${process.pid}`]
try {
  await buildPage(made)
  await rename(page, old).catch(() => undefined)
  // Another process may have been faster: its page is as good.
  await rename(made, page).catch(() => undefined)
} finally {
  for (const folder of [made, old]) await rm(folder, { recursive: true, force: true })
}
