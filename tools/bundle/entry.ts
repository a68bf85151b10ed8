/** The bundle's first file. Node checks a lot before it runs anything, so what can be answered here is answered here. */

/** Readable by every Node that knows modules: an old one must get as far as the message. */
export function entryText(version: string): string {
  return `#!/usr/bin/env node
// Slipway ${version}. Written by tools/bundle/entry.ts.
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const [first, ...others] = process.argv.slice(2)
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write('slipway: Node 24 or newer is needed; this is Node ' + process.versions.node + '. See https://nodejs.org/en/download\\n')
  process.exitCode = 1
} else if ((first === '--version' || first === '-V') && others.length === 0) {
  process.stdout.write('${version}\\n')
} else {
  // Not in the shared temp folder, Node's default: compiled code is as good as code, so it is kept where only its owner writes.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'slipway', 'compiled'))
  await import('./cli.mjs')
}
`
}
