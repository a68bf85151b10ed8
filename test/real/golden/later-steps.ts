/** What comes after a push, and around a build: a later step runs in the tag that was just pushed, and a shared /var/lib/docker is a folder like any other. */
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { type Fleet, startFleet } from '../../support/cloud/fleet.ts'
import { configText } from '../../support/image-pipeline.ts'
import { real } from '../../support/real.ts'
import { promised } from '../../support/skip.ts'
import { type Ran, slipwayHere } from '../../support/slipway-here.ts'
import { tempProject } from '../../support/temp-project.ts'
import { type RealRegistry, startRegistry } from '../registry/start-registry.ts'
import { pipeline } from '../steps/pipeline-text.ts'
import { writeSmallBase } from '../steps/small-base.ts'
import type { DocumentsOn } from './documents.ts'

const registry = real('docker-registry', { apt: 'docker-registry' })
const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
export const laterOptions = registry.missing === undefined ? busybox.options : promised('ci', registry.options)

/** bcrypt of the fleet's password. */
const hash = '$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy'

const build = (more: object = {}) => ({
  identifier: 'image',
  name: 'image',
  type: 'BuildAndPushDockerRegistry',
  spec: { connectorRef: 'hub', repo: 'acme/later', tags: ['ci-<+pipeline.sequenceId>'], ...more },
})
const later = (image: string) => ({
  identifier: 'later',
  name: 'later',
  type: 'Run',
  spec: { connectorRef: 'hub', image, imagePullPolicy: 'Always', shell: 'Sh', command: 'cat /made; ls /var/lib/docker 2>/dev/null || echo no docker' },
})

/** To be called inside a `describe` with `laterOptions`. */
export function laterSteps({ engine, env: more }: DocumentsOn): void {
  async function run(steps: readonly object[], dockerfile: string, spec: object = {}): Promise<Ran & { readonly fleet: Fleet }> {
    const fleet = await startFleet((user): Promise<RealRegistry> => startRegistry(registry.path, { htpasswd: `${user}:${hash}\n` }))
    const base = await startRegistry(registry.path)
    onTestFinished(async () => {
      for (const one of [fleet, base]) await one.stop()
    })
    const hosts = [{ match: 'base.example', endpoint: `http://${base.host}` }, ...fleet.hosts]
    const { dir } = tempProject({
      'p.yaml': pipeline(steps, { cloneCodebase: true, ...spec }),
      '.slipway/config.yaml': configText(fleet.connectors, hosts),
      Dockerfile: dockerfile,
    })
    writeSmallBase(join(dir, 'base'), busybox.path)
    const env = { HOME: dir, PATH: process.env['PATH'] ?? '', SLIPWAY_HOME: tempProject().dir, ...fleet.env, ...more() }
    expect((await slipwayHere(dir, env, 'build', '--push', '-t', 'base.example/busybox:1', 'base')).code).toBe(0)
    return { ...(await slipwayHere(dir, env, 'run', 'p.yaml', '--on', 'local', '--engine', engine, '--output', 'plain')), fleet }
  }

  const dockerfile = 'FROM base.example/busybox:1\nRUN echo made by the build > /made\n'

  it('a later step runs in the tag that was just pushed: pulled from the registry under its own name', async () => {
    const { code, out, err, fleet } = await run([build(), later('acme/later:ci-<+pipeline.sequenceId>')], dockerfile)
    expect([code, `${out}${err}`]).toEqual([0, expect.stringContaining('[s/later] made by the build')])
    expect(await fleet.digestAt('acme/later:ci-1')).toMatch(/^sha256:/)
  })

  it('a tag that comes to nothing legal is refused before it is built, where the step is', async () => {
    const { code, out, err } = await run([build({ tags: ['-<+pipeline.sequenceId>'] })], dockerfile)
    expect([code, `${out}${err}`]).toEqual([1, expect.stringContaining('[TAG_INVALID]')])
    expect(`${out}${err}`).not.toContain('built sha256')
  })

  it('a shared /var/lib/docker is seen by all steps, and builds go on beside it', async () => {
    const write = {
      ...later('base.example/busybox:1'),
      identifier: 'write',
      name: 'write',
      spec: { ...later('').spec, connectorRef: undefined, image: 'base.example/busybox:1', command: 'echo x > /var/lib/docker/seen' },
    }
    const { code, out, err } = await run([write, build(), later('acme/later:ci-1')], dockerfile, { sharedPaths: ['/var/lib/docker'] })
    expect([code, `${out}${err}`]).toEqual([0, expect.stringContaining('[s/later] seen')])
  })
}
