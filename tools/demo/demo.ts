/**
 * `npm run demo`: a base image, then the site pipeline from beginning to end, then its registries asked for what they hold; and once more with a
 * library that has a known flaw, which the scan holds up; then the page with both runs. Leaves nothing behind.
 */
import { copyFileSync, cpSync, mkdtempSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../support/root.ts'
import { showPage } from './page.ts'
import { removeHome } from './remove-home.ts'
import { slipway, startRegistries } from './slipway.ts'

const home = mkdtempSync(join(tmpdir(), 'slipway-demo-'))
process.on('exit', () => removeHome(home))

/** Where the pipeline of each example pushes: the name of the embedded registry, and the repository there. */
const pushes = {
  site: { hub: 'acme/site', ghcr: 'acme/site', gar: 'acme/images/site' },
  hello: { hub: 'acme/hello', ghcr: 'acme/hello' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

const example = (await toolsImage()) ? 'site' : 'hello'
console.log(`\n$ slipway run examples/${example}/pipeline.yaml`)
const { code } = await slipway(['run', `examples/${example}/pipeline.yaml`], home)
process.exitCode = code === 0 ? await sameDigests(example) : code
if (process.exitCode === 0 && example === 'site') process.exitCode = await heldUp()
if (process.exitCode === 0 && example === 'site') process.exitCode = await showPage(home)

/** The second run has the number 2, and no registry has a tag of that number. */
async function heldUp(): Promise<number> {
  console.log('\n$ slipway run examples/site/pipeline.yaml --var library=library-of-last-year   (with a known flaw)')
  const { code } = await slipway(['run', 'examples/site/pipeline.yaml', '--var', 'library=library-of-last-year'], home)
  const registries = await startRegistries(home, Object.keys(pushes.site))
  const pushed: string[] = []
  try {
    for (const { name, url } of registries.servers) {
      const { status } = await fetch(`${url}/v2/${(pushes.site as Readonly<Record<string, string>>)[name]}/manifests/2`, { method: 'HEAD' })
      if (status !== 404) pushed.push(`${name} (status ${status})`)
    }
  } finally {
    await registries.stop()
  }
  const blocked = code === 1 && pushed.length === 0
  console.log(
    blocked
      ? '\nthe scan has held it up: none of the three registries has it'
      : `\nit was not held up: exit code ${code}, pushed to ${pushed.join(', ') || 'none'}`,
  )
  return blocked ? 0 : 1
}

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

async function sameDigests(name: keyof typeof pushes): Promise<number> {
  const repositories: Readonly<Record<string, string>> = pushes[name]
  console.log('\n$ slipway registry serve   (asking each registry for the manifest)')
  const registries = await startRegistries(home, Object.keys(repositories))
  const digests: string[] = []
  try {
    for (const server of registries.servers) {
      const repository = repositories[server.name] ?? ''
      const url = `${server.url}/v2/${repository}/manifests/1`
      const answer = await fetch(url, { method: 'HEAD', headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } })
      const digest = answer.headers.get('docker-content-digest') ?? `none (status ${answer.status})`
      digests.push(digest)
      console.log(`${server.name.padEnd(5)} ${`${repository}:1`.padEnd(18)}  ${digest}`)
    }
  } finally {
    await registries.stop()
  }
  const count = { 2: 'two', 3: 'three' }[digests.length] ?? String(digests.length)
  const one = new Set(digests).size === 1 && digests[0]?.startsWith('sha256:') === true
  console.log(one ? `\none build, ${count} registries, one digest: ${digests[0]}` : '\nthe digests differ')
  return one ? 0 : 1
}
