/** `npm run build`: writes the bundle that the published package consists of to dist/. */
import { join, relative } from 'node:path'
import { root } from '../support/root.ts'
import { bundle } from './bundle.ts'

const made = await bundle(join(root, 'dist'))
process.stdout.write(`${relative(root, made.entry)}: ${made.files} files, ${(made.bytes / 1024).toFixed(0)} KB\n`)
