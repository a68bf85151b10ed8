/** `node tools/on-runtime.mjs SCRIPT ARGS`: sets up the clone, then runs a TypeScript tool on the pinned Node. What npm's scripts call. */
import { delimiter, join } from 'node:path'
import { ensureInstalled, root, runOn } from './runtime.mjs'

const [script, ...args] = process.argv.slice(2)
ensureInstalled()
const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
runOn(script, args, { ...process.env, PATH: path })
