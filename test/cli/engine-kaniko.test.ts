/** The engine kaniko where there is no Kubernetes: its plan says how the executor is started, and a run is refused before anything happens. */
import { describe, expect, it } from 'vitest'
import { type ImageStep, imagePipeline } from '../support/image-pipeline.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const usual: ImageStep = { spec: { repo: 'ghcr.io/acme/app', tags: ['one', '<+pipeline.sequenceId>'], optimize: true, connectorRef: 'ghcr' } }
const connector = `connectors:
  - connector: {identifier: ghcr, name: GHCR, type: DockerRegistry, spec: {dockerRegistryUrl: https://ghcr.io, providerType: Other, auth: {type: Anonymous}}}
`

function slipway(...steps: readonly ImageStep[]) {
  const { dir } = tempProject({ 'p.yaml': imagePipeline(...steps), '.slipway/config.yaml': connector, Dockerfile: 'FROM scratch\n' })
  return (command: string, ...args: readonly string[]) => testWorld({ cwd: dir }).run(command, 'p.yaml', ...args)
}

describe('the engine kaniko', () => {
  it('shows in a plan how its executor would be started, with a word about where', async () => {
    const { code, out, err } = await slipway(usual)('plan', '--engine', 'kaniko', '--env')
    expect([code, err]).toEqual([
      0,
      expect.stringContaining('warning: The engine kaniko builds on Kubernetes only, and this step runs on local. [ENGINE_OUTSIDE_KUBERNETES]'),
    ])
    const flags = [
      'dockerfile=/harness/Dockerfile',
      'context=dir:///harness',
      'destination=ghcr.io/acme/app:one',
      'destination=ghcr.io/acme/app:1',
      'snapshot-mode=redo',
    ]
    expect(out).toContain(
      `  $ /kaniko/executor\n${[...flags, 'digest-file=/kaniko/digest-file'].map((flag) => `      --${flag}\n`).join('')}    with DOCKER_CONFIG\n`,
    )
    expect(out).toContain('and /kaniko/.docker/config.json: the logins of its registries')
    const json = await slipway(usual)('plan', '--engine', 'kaniko', '--json')
    expect(json.out).toContain('{"kind":"known","value":"--snapshot-mode=redo"}')
    expect((await slipway(usual)('plan', '--json')).out).not.toContain('/kaniko/executor')
  })

  it('says nothing about where when the stage is said to run on Kubernetes', async () => {
    const roomy = { ...usual, spec: { ...usual.spec, resources: { limits: { memory: '2Gi' } } } }
    const { code, err } = await slipway(roomy)('plan', '--engine', 'kaniko', '--on', 'kubernetes')
    expect([code, err]).toEqual([0, ''])
  })

  it('BP-20 warns of little memory there, when the step says nothing about it', async () => {
    const { code, err } = await slipway(usual)('plan', '--engine', 'kaniko', '--on', 'kubernetes')
    expect([code, err]).toEqual([0, expect.stringMatching(/warning: The executor of kaniko has 500Mi of memory.*\[KANIKO_LITTLE_MEMORY\]/)])
  })

  it('says which image it runs in, that of the configuration before the usual one', async () => {
    const usually = await slipway(usual)('plan', '--engine', 'kaniko', '--env')
    expect(usually.out).toContain('    in the image gcr.io/kaniko-project/executor:v1.24.0\n')
    const { dir } = tempProject({
      'p.yaml': imagePipeline(usual),
      '.slipway/config.yaml': `${connector}kanikoImage: registry.example/executor:7\n`,
      Dockerfile: 'FROM scratch\n',
    })
    const own = await testWorld({ cwd: dir }).run('plan', 'p.yaml', '--engine', 'kaniko', '--env')
    expect(own.out).toContain('    in the image registry.example/executor:7\n')
  })

  it('pushes itself unless the step asks for what it cannot do', async () => {
    const careful = { ...usual, env: { PLUGIN_SKIP_PUSH_IF_TAG_EXISTS: 'true' } }
    const { out } = await slipway(careful)('plan', '--engine', 'kaniko', '--env')
    expect(out).toContain('      --no-push\n')
  })

  it.each([
    ['--engine', 'kaniko'],
    ['--engine', 'kaniko', '--on', 'local'],
  ])('is refused when a run would begin: %s %s %s %s', async (...args) => {
    const { code, out, err } = await slipway(usual)('run', ...args)
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/p\.yaml:\d+:\d+: error: .*\[ENGINE_OUTSIDE_KUBERNETES\]/)
  })

  it('leaves alone what needs no executor: a push of an image that is there', async () => {
    const push = { ...usual, env: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'image.tar' } }
    const { code, out, err } = await slipway({ spec: { repo: push.spec['repo'], tags: ['1'], connectorRef: 'ghcr' }, env: push.env })(
      'plan',
      '--engine',
      'kaniko',
      '--env',
    )
    expect([code, err, out.includes('/kaniko/executor')]).toEqual([0, '', false])
  })

  it.each([
    [{ PLUGIN_PLATFORM: 'linux/amd64,linux/arm64' }, 'kaniko builds for one platform at a time'],
    [{ PLUGIN_CUSTOM_LABELS: 'key=<+secrets.getValue("pw")>' }, 'kaniko takes labels as arguments'],
    [{ PLUGIN_SECRET: 'id=a,env=B' }, 'kaniko has no RUN --mount=type=secret'],
  ])('refuses what it cannot do: %j', async (env, reason) => {
    const { code, err } = await slipway({ ...usual, env })('plan', '--engine', 'kaniko')
    expect([code, err]).toEqual([1, expect.stringContaining(reason)])
    expect(err).toContain('[ENGINE_CONFLICT]')
  })

  it('is refused for a plugin too, which says how it would have been', async () => {
    const { dir } = tempProject({ Dockerfile: 'FROM scratch\n' })
    const world = testWorld({ cwd: dir, env: { PLUGIN_REPO: 'acme/app', PLUGIN_SNAPSHOT_MODE: 'time' } })
    const ran = await world.run('plugin', '--as', 'kaniko', '--engine', 'kaniko')
    expect([ran.code, ran.out, ran.err]).toEqual([1, '', expect.stringContaining('environment: error: The engine kaniko')])
    const planned = await world.run('plugin', '--as', 'kaniko', '--engine', 'kaniko', '--plan')
    expect([planned.code, planned.out]).toEqual([
      0,
      expect.stringContaining(`--context=dir://${dir}\n      --destination=acme/app:latest\n      --snapshot-mode=time\n`),
    ])
  })
})
