/** `npm run demo`: the hello pipeline from beginning to end, then the two registries asked for what they hold. Leaves nothing behind. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { slipway, startRegistries } from './slipway.ts'

const home = mkdtempSync(join(tmpdir(), 'slipway-demo-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

console.log('$ slipway run examples/hello/pipeline.yaml')
const code = await slipway(['run', 'examples/hello/pipeline.yaml'], home)
if (code !== 0) process.exit(code)

console.log('\n$ slipway registry serve   (asking both registries for the manifest)')
const registries = await startRegistries(home, ['hub', 'ghcr'])
const digests: string[] = []
try {
  for (const { name, url } of registries.servers) {
    const answer = await fetch(`${url}/v2/acme/hello/manifests/1`, { method: 'HEAD', headers: { accept: 'application/vnd.oci.image.manifest.v1+json' } })
    const digest = answer.headers.get('docker-content-digest') ?? `none (status ${answer.status})`
    digests.push(digest)
    console.log(`${name.padEnd(5)} acme/hello:1  ${digest}`)
  }
} finally {
  await registries.stop()
}
const one = new Set(digests).size === 1 && digests[0]?.startsWith('sha256:') === true
console.log(one ? `\none build, two registries, one digest: ${digests[0]}` : '\nthe digests differ')
process.exitCode = one ? 0 : 1
