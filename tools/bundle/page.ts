/** Builds the page alone: what `slipway serve` of a clone does when the page is older than its sources. */
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { buildPage } from './build-page.ts'

await buildPage(join(root, 'dist', 'page'))
