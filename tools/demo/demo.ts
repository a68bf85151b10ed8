/** `npm run demo`: a base image, then the site pipeline from beginning to end, then the two registries asked for what they hold. Leaves nothing behind. */
import { copyFileSync, cpSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { removeHome } from './remove-home.ts'
import { slipway, startRegistries } from './slipway.ts'

const home = mkdtempSync(join(tmpdir(), 'slipway-demo-'))
process.on('exit', () => removeHome(home))

const example = (await toolsImage()) ? 'site' : 'hello'
console.log(`\n$ slipway run examples/${example}/pipeline.yaml`)
const { code } = await slipway(['run', `examples/${example}/pipeline.yaml`], home)
process.exitCode = code === 0 ? await sameDigests(example) : code

/** False where this machine allows no RUN; a demo without one is better than none, but it says so. */
async function toolsImage(): Promise<boolean> {
  const context = join(home, 'tools')
  cpSync(join(root, 'examples/site/tools'), context, { recursive: true })
  copyFileSync(createRequire(import.meta.url).resolve(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`), join(context, 'esbuild'))
  console.log('$ slipway build --push -t acme/tools:1 examples/site/tools')
  const built = await slipway(['build', '--push', '-t', 'acme/tools:1', context], home, { cwd: join(root, 'examples/site') })
  if (built.code === 0) return true
  if (!built.errors.includes('BUILD_RUN_IMPOSSIBLE')) process.exit(built.code)
  console.log('\nTHE DEMO GOES ON WITHOUT A RUN, because this machine allows none (see above): the hello example instead of the site.')
  return false
}

async function sameDigests(name: string): Promise<number> {
  console.log('\n$ slipway registry serve   (asking both registries for the manifest)')
  const registries = await startRegistries(home, ['hub', 'ghcr'])
  const digests: string[] = []
  try {
    for (const server of registries.servers) {
      const url = `${server.url}/v2/acme/${name}/manifests/1`
      const answer = await fetch(url, { method: 'HEAD', headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } })
      const digest = answer.headers.get('docker-content-digest') ?? `none (status ${answer.status})`
      digests.push(digest)
      console.log(`${server.name.padEnd(5)} acme/${name}:1  ${digest}`)
    }
  } finally {
    await registries.stop()
  }
  const one = new Set(digests).size === 1 && digests[0]?.startsWith('sha256:') === true
  console.log(one ? `\none build, two registries, one digest: ${digests[0]}` : '\nthe digests differ')
  return one ? 0 : 1
}
