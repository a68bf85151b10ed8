/** Settings that change the image or where it is made from, through the whole program. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configText, dockerConnector, type ImageStep, imagePipeline } from '../support/image-pipeline.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const hosts = ['ghcr.io', 'docker.io'].map((match) => ({ match, endpoint: `embedded:${match}` }))
const config = configText({ ghcr: dockerConnector('https://ghcr.io') }, hosts)
const spec = { connectorRef: 'ghcr', repo: 'ghcr.io/acme/app', tags: ['1'] }

function start(files: Readonly<Record<string, string>>) {
  const project = tempProject({ '.slipway/config.yaml': config, ...files })
  const world = testWorld({ cwd: project.dir })
  const run = async (first: ImageStep | string, ...steps: readonly ImageStep[]) => {
    project.write({ 'pipeline.yaml': typeof first === 'string' ? first : imagePipeline(first, ...steps) })
    const ran = await world.run('run', project.path('pipeline.yaml'), '--codebase', project.dir, '--output', 'plain')
    expect([ran.code, ran.err]).toEqual([0, ''])
    return ran.out
  }
  const inspect = async (ref: string) => {
    const { digest, manifest, config } = JSON.parse((await world.run('inspect', ref, '--json')).out) as Inspected
    return { digest, layers: manifest.layers, labels: config.config.Labels }
  }
  const build = async (env: Readonly<Record<string, string>>, ref = 'ghcr.io/acme/app:1') => {
    const out = await run({ spec, env })
    return { out, image: await inspect(ref) }
  }
  return { project, run, build, inspect }
}

interface Inspected {
  readonly digest: string
  readonly config: { readonly config: { readonly Labels?: Readonly<Record<string, string>> } }
  readonly manifest: { readonly layers: readonly { readonly mediaType: string }[] }
}

const three = { Dockerfile: 'FROM scratch\nCOPY a /a\nCOPY b /b\nCOPY c /c\n', a: '1', b: '2', c: '3' }

describe('settings that change an image', () => {
  it.each(['PLUGIN_SQUASH', 'PLUGIN_SINGLE_SNAPSHOT'])('%s makes one layer', async (name) => {
    const { build } = start(three)
    expect((await build({})).image.layers.length).toBe(3)
    expect((await build({ [name]: 'true' })).image.layers.length).toBe(1)
  })

  it.each(['full', 'redo', 'time'])('PLUGIN_SNAPSHOT_MODE=%s makes the same image, and says once that it changes nothing', async (mode) => {
    const { build } = start(three)
    const plain = await build({ PLUGIN_REPRODUCIBLE: 'true' })
    const { image, out } = await build({ PLUGIN_REPRODUCIBLE: 'true', PLUGIN_SNAPSHOT_MODE: mode })
    expect(image.digest).toBe(plain.image.digest)
    expect(out.match(/PLUGIN_SNAPSHOT_MODE has no effect/g)?.length).toBe(1)
  })

  it('PLUGIN_COMPRESSION packs the layers by zstd', async () => {
    const { build } = start(three)
    expect((await build({ PLUGIN_COMPRESSION: 'zstd' })).image.layers.map(({ mediaType }) => mediaType.split('.').at(-1))).toEqual(Array(3).fill('tar+zstd'))
  })

  it('labels come from git, from the variables of a plugin, under the standard prefix and as they are', async () => {
    const { build } = start(three)
    const env = {
      DRONE_COMMIT_SHA: 'abc123',
      DRONE_REMOTE_URL: 'https://git.example/app.git',
      DRONE_REPO_LINK: 'https://git.example/app',
      PLUGIN_LABEL_SCHEMA: 'title=app',
      PLUGIN_CUSTOM_LABELS: 'team=blue',
    }
    const prefix = 'org.opencontainers.image.'
    const own = { [`${prefix}title`]: 'app', team: 'blue' }
    const auto = { [`${prefix}revision`]: 'abc123', [`${prefix}source`]: 'https://git.example/app.git', [`${prefix}url`]: 'https://git.example/app' }
    expect((await build(env)).image.labels).toEqual({ ...own, ...auto, [`${prefix}created`]: expect.any(String) })
    expect((await build({ ...env, PLUGIN_AUTO_LABEL: 'false' })).image.labels).toEqual(own)
  })

  it('the label of its time is that of the image, so that an unchanged build has an unchanged digest', async () => {
    const { build, project } = start(three)
    const env = { DRONE_COMMIT_SHA: 'abc123' }
    const [first, again] = [(await build(env)).image, (await build(env)).image]
    expect(again).toEqual(first)
    expect(first.labels).toEqual(expect.objectContaining({ 'org.opencontainers.image.created': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }))
    project.write({ c: 'changed' })
    expect((await build(env)).image.digest).not.toBe(first.digest)
    const own = await build({ ...env, PLUGIN_CUSTOM_LABELS: 'org.opencontainers.image.created=yesterday' })
    expect(own.image.labels).toEqual(expect.objectContaining({ 'org.opencontainers.image.created': 'yesterday' }))
  })

  it('PLUGIN_COMPRESSION_LEVEL says once that gzip has no levels', async () => {
    const { build } = start(three)
    const plain = await build({})
    const { out, image } = await build({ PLUGIN_COMPRESSION_LEVEL: '9' })
    expect(out.match(/PLUGIN_COMPRESSION_LEVEL has no effect with gzip/g)?.length).toBe(1)
    expect(image.layers).toEqual(plain.image.layers)
    expect((await build({ PLUGIN_COMPRESSION_LEVEL: '9', PLUGIN_COMPRESSION: 'zstd' })).out).not.toContain('PLUGIN_COMPRESSION_LEVEL')
  })

  it('PLUGIN_NO_CACHE builds every layer anew', async () => {
    const { build } = start(three)
    await build({})
    expect((await build({})).out).toContain('3 cached')
    expect((await build({ PLUGIN_NO_CACHE: 'true' })).out).toContain('0 cached')
  })

  it.each([
    ['PLUGIN_SKIP_PUSH_PERMISSION_CHECK', 'true'],
    ['PLUGIN_IMAGE_FS_EXTRACT_RETRY', '2'],
    ['PLUGIN_STORAGE_DRIVER', 'vfs'],
    ['PLUGIN_PURGE', 'true'],
  ])('%s does nothing here, and is told once', async (name, value) => {
    const { build } = start(three)
    expect((await build({ [name]: value })).out.match(new RegExp(`${name} has no effect`, 'g'))?.length).toBe(1)
  })

  it('variables of the stage reach every step, those of a step no other one', async () => {
    const { project, run, inspect } = start(three)
    const env = { PLUGIN_CUSTOM_LABELS: 'own=yes', PLUGIN_AUTO_LABEL: 'false' }
    await run({ spec, env }, { spec: { ...spec, tags: ['2'] }, env: { PLUGIN_AUTO_LABEL: 'false' } })
    expect([(await inspect('ghcr.io/acme/app:1')).labels, (await inspect('ghcr.io/acme/app:2')).labels]).toEqual([{ own: 'yes' }, undefined])
    const staged = { PLUGIN_CUSTOM_LABELS: 'all=yes', PLUGIN_AUTO_LABEL: 'false', PLUGIN_ARTIFACT_FILE: project.path('a.json'), PLUGIN_AUTO_TAG: 'false' }
    const text = JSON.parse(imagePipeline({ spec }, { spec: { ...spec, tags: ['2'] } }))
    text.pipeline.stages[0].stage.variables = Object.entries(staged).map(([name, value]) => ({ name, type: 'String', value }))
    await run(JSON.stringify(text))
    for (const tag of ['1', '2']) expect((await inspect(`ghcr.io/acme/app:${tag}`)).labels).toEqual({ all: 'yes' })
    expect(existsSync(project.path('a.json'))).toBe(true)
  })

  it('PLUGIN_QUIET prints no line of the build', async () => {
    const { build } = start(three)
    expect((await build({})).out).toContain('COPY a /a')
    expect((await build({ PLUGIN_QUIET: 'true' })).out).not.toContain('COPY a /a')
  })

  it('PLUGIN_PULL_IMAGE=false takes a base of this machine, which is not asked for otherwise', async () => {
    const { run, inspect, project } = start({ Dockerfile: 'FROM scratch\nCOPY a /a\n', a: 'old' })
    const base = (env: Readonly<Record<string, string>>): ImageStep => ({ spec: { ...spec, repo: 'ghcr.io/acme/base' }, env })
    await run(base({}))
    project.write({ a: 'new' })
    await run(base({ PLUGIN_NO_PUSH: 'true' }))
    project.write({ Dockerfile: 'FROM ghcr.io/acme/base:1\nCOPY b /b\n', b: 'b' })
    await run({ spec: { ...spec, tags: ['pulled'] } }, { spec: { ...spec, tags: ['local'] }, env: { PLUGIN_PULL_IMAGE: 'false' } })
    const layers = async (tag: string) => (await inspect(`ghcr.io/acme/app:${tag}`)).layers.map((layer) => JSON.stringify(layer))
    const [pulled, local] = [await layers('pulled'), await layers('local')]
    expect([pulled[1] === local[1], pulled[0] === local[0]]).toEqual([true, false])
  })
})
