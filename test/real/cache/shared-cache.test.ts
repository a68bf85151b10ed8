/**
 * The cache of pipelines for real: the program as users start it, on machines that share nothing but a registry of Debian, with commands that run.
 * Each command writes a number that no other run of it can make, so that equal digests show that nothing ran twice.
 */
import { copyFileSync } from 'node:fs'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../../tools/support/root.ts'
import { configText, dockerConnector, type ImageStep, imagePipeline } from '../../support/image-pipeline.ts'
import { real } from '../../support/real.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { type RealRegistry, startRegistry } from '../registry/start-registry.ts'
import { runProgram } from '../support/run-program.ts'

const program = real('docker-registry', { apt: 'docker-registry' })
const busybox = real('busybox', { apt: 'busybox-static', version: ['busybox'] })
const options = program.missing === undefined ? busybox.options : promised('ci', program.options)

/** `ann:s:cret`. */
const htpasswd = 'ann:$2y$05$C8nGIYR4NNPcZ.lySIZaMe7QFoX35/wTyvvnTofYkx.E8Ulhv7vXy\n'

const unlike = 'od -An -N16 -tx1 /dev/urandom >'
const dockerfile = `FROM scratch AS base
COPY busybox /bin/sh
COPY busybox /bin/od
FROM base AS made
WORKDIR /work
RUN ${unlike} /work/one
COPY a.txt /work/
RUN ${unlike} /work/two
FROM base
COPY --from=made /work /work
RUN ${unlike} /three
`

describe('a cache that machines share', options, () => {
  let registry: RealRegistry
  beforeAll(async () => {
    registry = await startRegistry(program.path, { htpasswd })
  })
  afterAll(() => registry.stop())

  const step = (spec: object, env?: Readonly<Record<string, string>>): ImageStep => ({
    spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], ...spec },
    // The label of the time would make each image another.
    env: { PLUGIN_AUTO_LABEL: 'false', ...env },
  })

  function code(pipeline: string, files: Readonly<Record<string, string>> = {}): TempProject {
    const config = configText({ hub: dockerConnector('https://index.docker.io/v1/', 'ann') }, [{ match: 'docker.io', endpoint: `http://${registry.host}` }])
    const made = tempProject({ 'p.yaml': pipeline, '.slipway/config.yaml': config, Dockerfile: dockerfile, 'a.txt': 'a', ...files })
    copyFileSync(busybox.path, made.path('busybox'))
    return made
  }

  interface Built {
    readonly code: number | null
    readonly text: string
    readonly images: readonly { readonly digest: string; readonly layers: number; readonly cached: number }[]
  }

  async function run({ dir }: TempProject, home = tempProject().path('data')): Promise<Built> {
    const env = { HOME: dir, SLIPWAY_HOME: home, DOCKER_CONFIG: dir, SLIPWAY_SECRET_PW_ANN: 's:cret' }
    const args = ['--disable-warning=ExperimentalWarning', `${root}/src/main/cli.ts`, 'run', 'p.yaml', '--on', 'local', '--output', 'ndjson']
    const ran = await runProgram(process.execPath, args, { cwd: dir, env })
    const events = ran.out.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as { event?: Record<string, never>; kind?: string }] : []))
    const images = events.map((line) => line.event ?? line).filter(({ kind }) => (kind as string | undefined) === 'image.built')
    return { code: ran.code, text: `${ran.out}${ran.err}`, images: images as unknown as Built['images'] }
  }

  const all = ({ images }: Built): readonly boolean[] => images.map(({ layers, cached }) => layers === cached)

  it.each<[string, ImageStep]>([
    ['remoteCacheRepo', step({ remoteCacheRepo: 'acme/remote' })],
    ['cacheFrom and cacheTo', step({ cacheFrom: ['acme/kept'], cacheTo: 'type=registry,ref=acme/kept' })],
    ['the switches of kaniko', step({}, { PLUGIN_ENABLE_CACHE: 'true', PLUGIN_CACHE_COPY_LAYERS: 'true' })],
  ])('%s: a new machine builds cold, the next one makes nothing and has the same image', async (_name, one) => {
    const project = code(imagePipeline(one))
    const first = await run(project)
    expect([first.code, first.images[0]?.cached]).toEqual([0, 0])
    const second = await run(project)
    expect([second.code, all(second)]).toEqual([0, [true]])
    expect(second.images[0]?.digest).toBe(first.images[0]?.digest)
  })

  it('an image that carries its own cache gives its layers to the next machine', async () => {
    const project = code(imagePipeline(step({ repo: 'acme/inline', cacheFrom: ['acme/inline:1'], cacheTo: 'type=inline' })), {
      Dockerfile: dockerfile.replace(/^FROM base AS made[\s\S]*?(?=^FROM base$)/m, '').replace('--from=made /work', 'a.txt'),
    })
    const [first, second] = [await run(project), await run(project)]
    expect([first.code, second.code, all(second)]).toEqual([0, 0, [true]])
    const layersOf = ({ images }: Built) => images.map(({ layers }) => layers)
    expect(layersOf(second)).toEqual(layersOf(first))
  })

  it('caching: the next build on this machine makes nothing; what changed is made again, and what stands on it', async () => {
    const project = code(imagePipeline(step({ caching: true }, { PLUGIN_NO_PUSH: 'true' })))
    const home = tempProject().path('data')
    const first = await run(project, home)
    const second = await run(project, home)
    expect([first.code, second.code, all(second)]).toEqual([0, 0, [true]])
    expect(second.images[0]?.digest).toBe(first.images[0]?.digest)
    const other = await run(code(imagePipeline(step({ caching: true }, { PLUGIN_NO_PUSH: 'true' })), { 'a.txt': 'b' }), home)
    expect(other.images[0]).toMatchObject({ layers: 4, cached: 2 })
  })

  it('eight steps at once keep their layers in one place, and another machine finds all of them', async () => {
    const steps = Array.from({ length: 8 }, (_, i) =>
      step({ repo: `acme/eight-${i}`, remoteCacheRepo: 'acme/eight-cache', buildArgs: { NUMBER: String(i) }, dockerfile: `Dockerfile.${i}` }),
    )
    const files = Object.fromEntries(steps.map((_, i) => [`Dockerfile.${i}`, `${dockerfile}RUN ${unlike} /number-${i}\n`]))
    const pipeline = JSON.parse(imagePipeline(...steps))
    const { execution } = pipeline.pipeline.stages[0].stage.spec
    execution.steps = [{ parallel: execution.steps }]
    const project = code(JSON.stringify(pipeline), files)
    const first = await run(project)
    expect([first.code, first.images.length], first.text).toEqual([0, 8])
    const second = await run(project)
    expect([second.code, all(second)]).toEqual([0, Array.from({ length: 8 }, () => true)])
  })

  it('machines that write to one place at the same time fail nothing, and what is there can be read', async () => {
    const project = code(imagePipeline(step({ remoteCacheRepo: 'acme/busy' })))
    const built = await Promise.all([run(project), run(project), run(project)])
    expect(built.map((one) => one.code)).toEqual([0, 0, 0])
    const later = await run(project)
    expect([later.code, all(later)]).toEqual([0, [true]])
    expect(built.map(({ images }) => images[0]?.digest)).toContain(later.images[0]?.digest)
  })

  it.each<[string, object, string]>([
    ['a registry that is not there', { cacheFrom: ['127.0.0.1:1/a/b'], cacheTo: 'type=registry,ref=127.0.0.1:1/a/b' }, 'CACHE_IMPORT_FAILED'],
    ['an image in place of a cache', { cacheFrom: ['acme/plain:1'] }, 'CACHE_EMPTY'],
    ['nothing at all', { cacheFrom: ['acme/nothing'] }, 'CACHE_EMPTY'],
  ])('%s is a note, not a failure', async (_name, spec, note) => {
    expect((await run(code(imagePipeline(step({ repo: 'acme/plain' }))))).code).toBe(0)
    const built = await run(code(imagePipeline(step(spec))))
    expect([built.code, built.text.includes(note)]).toEqual([0, true])
  })
})
