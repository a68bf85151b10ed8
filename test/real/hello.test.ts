/** What the hello pipeline pushed, as skopeo reads it from both registries and from the archive form. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Registries, slipway, startRegistries } from '../../tools/demo/slipway.ts'
import { real } from '../support/real.ts'
import { tempProject } from '../support/temp-project.ts'
import { mustRun } from './support/run-program.ts'

const skopeo = real('skopeo', { apt: 'skopeo' })

describe('the hello pipeline and skopeo', skopeo.options, () => {
  const project = tempProject()
  let registries: Registries
  beforeAll(async () => {
    expect((await slipway(['run', 'examples/hello/pipeline.yaml', '--output', 'plain'], project.dir)).code).toBe(0)
    registries = await startRegistries(project.dir, ['hub', 'ghcr'])
  }, 60_000)
  afterAll(async () => {
    await registries?.stop()
    project.remove()
  })

  const source = (index: number): string => `docker://${new URL(registries.servers[index]?.url ?? '').host}/acme/hello:1`

  it('agree on one digest at both registries', async () => {
    const digests = await Promise.all([0, 1].map((i) => mustRun(skopeo.path, ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', source(i)])))
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}\n$/)
    expect(digests[1]).toBe(digests[0])
  })

  it('agree on labels, command and layers', async () => {
    const config = JSON.parse(await mustRun(skopeo.path, ['inspect', '--tls-verify=false', '--config', source(0)])) as {
      config: object
      rootfs: { diff_ids: string[] }
    }
    expect(config.config).toMatchObject({ Cmd: ['/site/greeting.txt'], WorkingDir: '/site', Labels: { greeting: 'hello from run 1' } })
    expect(config.rootfs.diff_ids.length).toBeGreaterThan(0)
  })

  it('can be copied to a folder, every blob verified', async () => {
    const copied = tempProject()
    await mustRun(skopeo.path, ['copy', '--insecure-policy', '--src-tls-verify=false', source(1), `dir:${copied.dir}`])
    expect(copied.exists('manifest.json')).toBe(true)
  })
})
