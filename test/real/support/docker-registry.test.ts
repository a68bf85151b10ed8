/** The helpers themselves, against the real programs: an image goes through a registry and keeps its digest. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { real } from '../../support/real.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { type DockerRegistry, startDockerRegistry } from './docker-registry.ts'
import { mustRun, runProgram } from './run-program.ts'

const skopeo = real('skopeo', { apt: 'skopeo' })
const registry = real('docker-registry', { apt: 'docker-registry' })

/** An image of no layers as an OCI layout: the smallest thing that can be copied. */
function emptyImage(): { readonly project: TempProject; readonly digest: string } {
  const blob = (text: string) => ({ text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, size: text.length })
  const config = blob(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [] } }))
  const type = 'application/vnd.oci.image'
  const manifest = blob(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${type}.manifest.v1+json`,
      config: { mediaType: `${type}.config.v1+json`, digest: config.digest, size: config.size },
      layers: [],
    }),
  )
  const index = { schemaVersion: 2, manifests: [{ mediaType: `${type}.manifest.v1+json`, digest: manifest.digest, size: manifest.size }] }
  const blobs = Object.fromEntries([config, manifest].map(({ digest, text }) => [`blobs/sha256/${digest.slice(7)}`, text]))
  return { project: tempProject({ 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', 'index.json': JSON.stringify(index), ...blobs }), digest: manifest.digest }
}

describe('docker-registry and skopeo', registry.missing === undefined ? skopeo.options : promised('ci', registry.options), () => {
  let server: DockerRegistry
  beforeAll(async () => {
    server = await startDockerRegistry(registry.path)
  })
  afterAll(() => server?.stop())

  it('print their versions', () => {
    expect(`${skopeo.version}\n${registry.version}`).toMatch(/skopeo.*\d+\.\d+[\s\S]*\d+\.\d+/)
  })

  it('hand an image through and keep its digest', async () => {
    const { project, digest } = emptyImage()
    await mustRun(skopeo.path, ['copy', '--insecure-policy', '--dest-tls-verify=false', `oci:${project.dir}`, `docker://${server.host}/planted/empty:1`])
    const inspected = await mustRun(skopeo.path, ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${server.host}/planted/empty:1`])
    expect(inspected.trim()).toBe(digest)
  })

  it('say no to what is not there', async () => {
    const { code, err } = await runProgram(skopeo.path, ['inspect', '--tls-verify=false', `docker://${server.host}/planted/none:1`])
    expect([code, err]).toEqual([1, expect.stringContaining('manifest unknown')])
  })
})
