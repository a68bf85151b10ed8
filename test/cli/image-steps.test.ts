/** Image steps in a real run: tags that exist are left alone one by one, archives are for everybody, a missing source is told with what there is. */
import { spawnSync } from 'node:child_process'
import { chmodSync, statSync } from 'node:fs'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import type { Recorded } from '../../src/events/run-event.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const config = `hosts:
  - {match: ghcr.io, endpoint: embedded:ghcr}
connectors:
  - connector: {identifier: ghcr, name: GHCR, type: DockerRegistry, spec: {dockerRegistryUrl: https://ghcr.io, providerType: Other, auth: {type: Anonymous}}}
`

interface Step {
  readonly tags: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A pipeline of one image step, and a Run step that prints one of its outputs. */
function pipeline({ tags, env = {} }: Step, output = 'digest'): string {
  const image = { connectorRef: 'ghcr', repo: 'ghcr.io/acme/app', tags, envVariables: env }
  const told = `echo "told <+steps.image.output.outputVariables.${output}>"`
  return `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        spec:
          cloneCodebase: true
          platform: {os: Linux, arch: Amd64}
          runtime: {type: Cloud, spec: {}}
          execution:
            steps:
              - step: {identifier: image, name: image, type: BuildAndPushDockerRegistry, spec: ${JSON.stringify(image)}}
              - step: {identifier: tell, name: tell, type: Run, spec: {shell: Sh, command: ${JSON.stringify(told)}}}
`
}

function start() {
  const project = tempProject({ '.slipway/config.yaml': config, Dockerfile: 'FROM scratch\nCOPY hello.txt /\n', 'hello.txt': 'one' })
  const world = testWorld({ cwd: project.dir })
  const run = async (text: string, ...args: string[]) => {
    project.write({ 'pipeline.yaml': text })
    return world.run('run', project.path('pipeline.yaml'), '--codebase', project.dir, ...args)
  }
  const digestOf = async (tag: string) => (JSON.parse((await world.run('inspect', `ghcr.io/acme/app:${tag}`, '--json')).out) as { digest: string }).digest
  return { project, world, run, digestOf }
}

describe('image steps in a run', () => {
  it('leave tags alone that exist, push the others, and tell the digest of each', async () => {
    const { project, run, digestOf } = start()
    expect((await run(pipeline({ tags: ['1'] }))).code).toBe(0)
    const first = await digestOf('1')
    project.write({ 'hello.txt': 'two' })
    const again = await run(pipeline({ tags: ['1', '2'], env: { PLUGIN_SKIP_PUSH_IF_TAG_EXISTS: 'true' } }), '--output', 'ndjson')
    expect([again.code, again.err]).toEqual([0, ''])
    const second = await digestOf('2')
    expect([await digestOf('1'), second === first]).toEqual([first, false])
    const events = again.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Recorded)
    const text = JSON.stringify(events)
    for (const [tag, digest] of [
      ['1', first],
      ['2', second],
    ])
      expect(text).toMatch(new RegExp(`ghcr\\.io/acme/app:${tag}[^{}]*${digest}`))
  })

  it('write archives into folders that they make, readable for everybody, and tell the path', async () => {
    const { project, run } = start()
    const path = project.path('made', 'deep', 'image.tar')
    const { code, out } = await run(pipeline({ tags: ['1'], env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: path } }, 'IMAGE_TAR_PATH'))
    expect([code, out]).toEqual([0, expect.stringContaining(`told ${path}`)])
    expect([statSync(path).mode & 0o777, statSync(project.path('made')).mode & 0o777]).toEqual([0o644, 0o755])
  })

  it('write archives that another user can read', needs(process.getuid?.() === 0, 'becoming another user needs root'), async () => {
    const { project, run } = start()
    chmodSync(project.dir, 0o755)
    const path = project.path('made', 'image.tar')
    expect((await run(pipeline({ tags: ['1'], env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: path } }))).code).toBe(0)
    const read = spawnSync('tar', ['-tf', path], { uid: 1000, gid: 1000, encoding: 'utf8' })
    expect([read.status, read.stdout]).toEqual([0, expect.stringContaining('manifest.json')])
  })

  it('name the images that are there when the source is not', async () => {
    const { run } = start()
    await run(pipeline({ tags: ['1'], env: { PLUGIN_NO_PUSH: 'true' } }))
    const { code, out, err } = await run(pipeline({ tags: ['2'], env: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/none:9' } }))
    expect(code).toBe(1)
    expect(out + err).toContain('acme/none:9')
    expect(out + err).toContain('ghcr.io/acme/app:1')
  })
})
