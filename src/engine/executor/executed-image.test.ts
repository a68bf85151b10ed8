/** The engine kaniko on a cluster: what its executor is started with, and what becomes of what it has made. */
import { describe, expect, it } from 'vitest'
import { type FakeImages, fakeImages } from '../../../test/support/fake-images.ts'
import { noRegistries, type RunOptions, runText } from '../../../test/support/run-text.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import type { StepExit } from '../../events/outcome.ts'
import { randomImage } from '../../oci/random-image.ts'
import type { Infrastructure, ProcessSpec } from '../../ports/infrastructure.ts'
import type { RegistriesWanted, ToolRegistries } from '../../ports/tool-registries.ts'

interface Case {
  readonly spec?: object
  readonly env?: Readonly<Record<string, string>>
  readonly dockerfile?: string
  readonly found?: Partial<ToolRegistries>
  /** What the executor does: what it says, leaves and ends with. */
  readonly says?: string
  readonly left?: string
  readonly exit?: StepExit
  /** Milliseconds of real time. */
  readonly endsAfter?: number
  readonly more?: RunOptions
}

const image = await randomImage({ seed: 7 })
const digest = await image.digest()

async function run(o: Case = {}) {
  const started: ProcessSpec[] = []
  const taken: string[] = []
  const asked: RegistriesWanted[] = []
  const opened: string[] = []
  const images: FakeImages = fakeImages()
  const open = async (place: string) => {
    opened.push(place)
    return { image, close: async () => undefined }
  }
  const { dir } = tempProject({ 's/Dockerfile': o.dockerfile ?? 'FROM debian:bookworm AS base\nFROM base\nCOPY --from=ghcr.io/tools/x /x /\n' })
  const executor = (fake: Infrastructure): Infrastructure => ({
    ...fake,
    open: async (stage, opening) => ({
      ...(await fake.open(stage, opening)),
      takeMade: async (step) => {
        taken.push(step)
        return { folder: '/taken', close: async () => void taken.push('closed') }
      },
      async start(spec) {
        started.push(spec)
        const end = {
          exit: o.exit ?? { kind: 'exited', code: 0 },
          outputs: new Map(o.left === '' ? [] : [['digest', o.left ?? `${digest}\n`]]),
          handed: { outputs: '', secrets: '', env: '' },
        } as const
        const output = (async function* () {
          yield { stream: 'err' as const, bytes: Buffer.from(o.says ?? 'INFO building\n') }
        })()
        return { output, end: new Promise((resolve) => void setTimeout(() => resolve(end), o.endsAfter ?? 0)) }
      },
    }),
  })
  const spec = { connectorRef: 'hub', repo: 'acme/app', tags: ['1', '2'], ...o.spec, ...(o.env !== undefined && { envVariables: o.env }) }
  const step = { step: { identifier: 'build', name: 'build', type: 'BuildAndPushDockerRegistry', spec } }
  const stage = { identifier: 's', name: 's', type: 'CI', spec: { platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps: [step] } } }
  const ran = await runText(JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } }), {
    images: { ...images, images: { ...images.images, openArchive: open, openDigest: async () => ({ image, close: async () => undefined }) } },
    remoteImages: { open, attached: async () => [] },
    workspace: dir,
    around: executor,
    toolRegistries: async (wanted) => {
      asked.push(wanted)
      return { ...noRegistries, ...o.found }
    },
    facts: { on: 'kubernetes', engine: 'kaniko' },
    secrets: { pw: 'hunter-two' },
    ...o.more,
  })
  const [first] = started
  const argv = first?.start.kind === 'program' ? first.start.argv : undefined
  return { ...ran, spec: first, argv, taken, asked: asked[0], opened, arrived: images.arrived, story: JSON.stringify(ran.recorded), dir }
}

const usual = ['/kaniko/executor', '--dockerfile=/harness/Dockerfile', '--context=dir:///harness', '--destination=acme/app:1', '--destination=acme/app:2']

describe('the executor of kaniko', () => {
  it('gets the command of the plan in its own image; what it has pushed is found by its digest and looked at again under each name', async () => {
    const { argv, spec, asked, outcome, opened, arrived, view } = await run({ says: 'INFO Using caching version of cmd: RUN a\nINFO x\n' })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(argv).toEqual([...usual, '--digest-file=/kaniko/digest-file'])
    expect(spec).toMatchObject({
      outputs: ['digest'],
      leaves: { digest: '/kaniko/digest-file' },
      image: { reference: 'gcr.io/kaniko-project/executor:v1.24.0' },
    })
    expect([...(spec?.finds ?? [])]).toEqual([])
    expect(asked).toMatchObject({ push: ['acme/app:1', 'acme/app:2'], pull: ['debian:bookworm', 'ghcr.io/tools/x'] })
    expect(opened).toEqual([`acme/app@${digest}`])
    expect(arrived).toEqual([`registry acme/app:1 ${digest}`, `registry acme/app:2 ${digest}`])
    const outputs = Object.fromEntries(view.step('s/build')?.outputs.map(({ name, value }) => [name, value]) ?? [])
    expect(outputs).toMatchObject({ digest, engine: 'kaniko', cachedLayers: '1' })
  })

  it('is told where registries really are, and finds its logins in a file', async () => {
    const { argv, spec, story } = await run({
      found: {
        spelled: new Map([['acme/app:2', '10.0.0.1:5000/hub/acme/app:2']]),
        places: new Map([
          ['docker.io', ['one.example', '10.0.0.1:5000/hub']],
          ['ghcr.io', ['two.example']],
        ]),
        plainHttp: ['10.0.0.1:5000'],
        unverified: ['one.example'],
        authorities: new Map([['two.example', 'PEM']]),
        placesOnly: true,
        logins: '{"auths":{"one.example":{"auth":"aHVudGVyLXR3bw=="}}}',
        secrets: ['aHVudGVyLXR3bw=='],
      },
      says: 'auth is aHVudGVyLXR3bw==\n',
    })
    expect(argv?.slice(3)).toEqual([
      '--destination=acme/app:1',
      '--destination=10.0.0.1:5000/hub/acme/app:2',
      '--digest-file=/kaniko/digest-file',
      '--registry-map=index.docker.io=one.example;index.docker.io=10.0.0.1:5000/hub;ghcr.io=two.example',
      '--skip-default-registry-fallback',
      '--insecure-registry=10.0.0.1:5000',
      '--skip-tls-verify-registry=one.example',
      '--registry-certificate=two.example=/kaniko/authority-0.pem',
    ])
    expect([...(spec?.finds ?? [])]).toEqual([
      ['/kaniko/.docker/config.json', '{"auths":{"one.example":{"auth":"aHVudGVyLXR3bw=="}}}'],
      ['/kaniko/authority-0.pem', 'PEM'],
    ])
    expect(story).not.toContain('aHVudGVyLXR3bw')
    expect(story).toContain('auth is ****')
  })

  it('gets secret arguments in its environment, and runs as the step says of its container', async () => {
    const { argv, spec, story } = await run({
      spec: { buildArgs: { TOKEN: '<+secrets.getValue("pw")>', PLAIN: 'a' }, resources: { limits: { memory: '1Gi', cpu: '500m' } }, runAsUser: '0' },
    })
    expect(argv).toEqual(expect.arrayContaining(['--build-arg=TOKEN', '--build-arg=PLAIN=a']))
    const token = spec?.env.get('TOKEN')
    expect(typeof token === 'object' ? token.reveal() : token).toBe('hunter-two')
    expect(spec?.env.get('DOCKER_CONFIG')).toBe('/kaniko/.docker')
    expect(spec?.image).toMatchObject({ user: '0', limits: { memoryBytes: 2 ** 30, cpus: 0.5 } })
    expect(JSON.stringify(argv) + story).not.toContain('hunter-two')
  })

  it.each([{ PLUGIN_NO_PUSH: 'true' }, { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: '/shared/image.tar' }])(
    'leaves what nobody pushes in a folder of its own, outside of every context: %j',
    async (env) => {
      const { argv, opened, taken, outcome, asked } = await run({ env })
      expect(outcome).toEqual({ kind: 'passed' })
      expect(argv).toEqual(expect.arrayContaining(['--no-push', '--oci-layout-path=/slipway-made/image']))
      expect(opened).toEqual(['/taken/image'])
      expect(taken).toEqual(['s/build', 'closed'])
      // What is pushed nowhere needs no login.
      expect(asked?.push).toEqual([])
    },
  )

  it.each([
    [{ PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'i.tar' }, 'i.tar', '--tar-path=/harness/i.tar'],
    [{ PLUGIN_NO_PUSH: 'true', PLUGIN_OCI_LAYOUT_PATH: 'layout' }, 'layout', '--oci-layout-path=/harness/layout'],
  ])('is asked for nothing more where the step wants it written: %j', async (env, path, flag) => {
    const { argv, opened, taken, outcome, dir } = await run({ env })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(argv).toContain(flag)
    expect(argv).not.toContain('--oci-layout-path=/slipway-made/image')
    expect([opened, taken]).toEqual([[`${dir}/s/${path}`], []])
  })

  it('does not push where the step asks for what it cannot do: Slipway does', async () => {
    const { argv, arrived, taken } = await run({ env: { PLUGIN_SKIP_PUSH_IF_TAG_EXISTS: 'true' } })
    expect(argv).toEqual(expect.arrayContaining(['--no-push', '--oci-layout-path=/slipway-made/image']))
    expect(arrived).toEqual(expect.arrayContaining([`registry acme/app:1 ${digest}`, `registry acme/app:2 ${digest}`]))
    expect(taken).toEqual(['s/build', 'closed'])
  })

  it.each([
    [{ kind: 'exited', code: 1 }, 'ended with exit code 1'],
    [{ kind: 'out-of-memory' }, 'ended with out of memory'],
    [{ kind: 'killed', signal: 'SIGKILL' }, 'ended with signal SIGKILL'],
  ] as const)('fails with how it ended: %j', async (exit, words) => {
    const { outcome, opened, story } = await run({ exit, says: 'error building image\n' })
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'KANIKO_FAILED', message: expect.stringContaining(words) } })
    expect(opened).toEqual([])
    expect(story).toContain('error building image')
  })

  it('has not failed where somebody ended it', async () => {
    const { view, outcome } = await run({ exit: { kind: 'killed', signal: 'SIGKILL' }, endsAfter: 500, more: { abortAfter: 100 } })
    expect(outcome).toMatchObject({ kind: 'aborted' })
    expect(view.step('s/build')?.outcome).toMatchObject({ kind: 'aborted' })
  })

  it('is no success without the digest of what it has pushed', async () => {
    expect((await run({ left: '' })).outcome).toMatchObject({ kind: 'errored', problem: { code: 'KANIKO_LEFT_NOTHING' } })
  })

  it('is not started for a Dockerfile that asks for secrets, which it has none of', async () => {
    const { outcome, argv } = await run({ dockerfile: 'FROM scratch\nRUN --mount=type=secret,id=a x\n' })
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'ENGINE_CONFLICT' } })
    expect(argv).toBeUndefined()
  })

  it('finds a context that is elsewhere by itself', async () => {
    const { argv, asked, outcome } = await run({ spec: { context: 'https://git.example/a.git#refs/heads/main' } })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(argv).toContain('--context=git://git.example/a.git#refs/heads/main')
    expect(asked?.pull).toEqual([])
  })
})
