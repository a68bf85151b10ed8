/** `npm run build`: writes what the published package consists of to dist/: the bundle of the command line, and the page. */
import { join, relative } from 'node:path'
import { root } from '../support/root.ts'
import { buildPage } from './build-page.ts'
import { bundle } from './bundle.ts'

const made = await bundle(join(root, 'dist'))
process.stdout.write(`${relative(root, made.entry)}: ${made.files} files, ${(made.bytes / 1024).toFixed(0)} KB\n`)
const page = await buildPage(join(root, 'dist', 'page'))
process.stdout.write(`${relative(root, page.dir)}: ${Object.keys(page.metafile.outputs).length + 2} files\n`)
