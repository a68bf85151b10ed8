/** What image steps leave behind in a real run: output variables and files, in every mode, for one platform and for several. */
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import type { Recorded, RunEvent } from '../../src/events/run-event.ts'
import { configText, dockerConnector, type ImageStep, imagePipeline } from '../support/image-pipeline.ts'
import { needs } from '../support/skip.ts'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const hosts = ['ghcr.io', 'docker.io', 'acme.azurecr.io'].map((match) => ({ match, endpoint: `embedded:${match}` }))
const config = configText(
  { ghcr: dockerConnector('https://ghcr.io'), hub: dockerConnector('https://index.docker.io/v1/'), acr: dockerConnector('https://acme.azurecr.io') },
  hosts,
)

function start() {
  const project = tempProject({ '.slipway/config.yaml': config, Dockerfile: 'FROM scratch\nCOPY hello.txt /\n', 'hello.txt': 'one' })
  const world = testWorld({ cwd: project.dir })
  const run = async (...steps: readonly ImageStep[]): Promise<readonly RunEvent[]> => {
    project.write({ 'pipeline.yaml': imagePipeline(...steps) })
    const { code, out, err } = await world.run('run', project.path('pipeline.yaml'), '--codebase', project.dir, '--engine', 'embedded', '--output', 'ndjson')
    expect([code, err]).toEqual([0, ''])
    return out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Recorded).event)
  }
  const held = async (ref: string) => (JSON.parse((await world.run('inspect', ref, '--json')).out) as { digest: string }).digest
  const read = (name: string) => readFileSync(project.path(name), 'utf8')
  /** Every report, as files of the project. */
  const reports = (at: string) => ({
    PLUGIN_ARTIFACT_FILE: project.path(at, 'artifact.json'),
    PLUGIN_DIGEST_FILE: project.path(at, 'digest'),
    PLUGIN_IMAGE_NAME_WITH_DIGEST_FILE: project.path(at, 'names'),
    PLUGIN_IMAGE_NAME_TAG_WITH_DIGEST_FILE: project.path(at, 'tags'),
    PLUGIN_METADATA_FILE: project.path(at, 'metadata.json'),
    DRONE_CARD_PATH: project.path(at, 'card.json'),
    DRONE_OUTPUT: project.path(at, 'output.env'),
  })
  return { project, run, held, read, reports }
}

function outputsOf(events: readonly RunEvent[], step: string): Readonly<Record<string, string>> {
  const found = events.flatMap((event) => (event.kind === 'step.outputs' && event.step.endsWith(`/${step}`) ? event.outputs : []))
  return Object.fromEntries(found.map(({ name, value }) => [name, value]))
}

const spec = { connectorRef: 'ghcr', repo: 'ghcr.io/acme/app', tags: ['1', 'latest'] }

describe('reports of image steps', () => {
  it.each([
    ['one platform', {}],
    ['several platforms', { PLUGIN_PLATFORM: 'linux/amd64,linux/arm64' }],
  ])('say the digest that the registry has, for %s', async (_what, more) => {
    const { run, held, read, reports } = start()
    const events = await run({ spec, env: { ...reports('made'), ...more } })
    const digest = await held('ghcr.io/acme/app:1')
    expect(read('made/digest')).toBe(digest)
    expect(read('made/names')).toBe(`ghcr.io/acme/app@${digest}\n`.repeat(2))
    expect(read('made/tags')).toBe(`ghcr.io/acme/app:1@${digest}\nghcr.io/acme/app:latest@${digest}\n`)
    const images = `\t\t\t{\n\t\t\t\t"image": "ghcr.io/acme/app:1",\n\t\t\t\t"digest": "${digest}"\n\t\t\t},\n\t\t\t{\n\t\t\t\t"image": "ghcr.io/acme/app:latest",\n\t\t\t\t"digest": "${digest}"\n\t\t\t}`
    expect(read('made/artifact.json')).toBe(
      `{\n\t"kind": "docker/v1",\n\t"data": {\n\t\t"registryType": "Docker",\n\t\t"registryUrl": "https://ghcr.io",\n\t\t"images": [\n${images}\n\t\t]\n\t}\n}`,
    )
    expect(JSON.parse(read('made/metadata.json'))).toMatchObject({
      'containerimage.digest': digest,
      'image.name': 'ghcr.io/acme/app:1,ghcr.io/acme/app:latest',
    })
    expect(JSON.parse(read('made/card.json'))).toMatchObject({ data: { RepoDigests: [`ghcr.io/acme/app@${digest}`] } })
    expect(read('made/output.env')).toContain(`digest="${digest}"\n`)
    expect(outputsOf(events, 's1')).toMatchObject({ digest, image: `ghcr.io/acme/app@${digest}`, imageRefs: 'ghcr.io/acme/app:1,ghcr.io/acme/app:latest' })
    expect(events.find(({ kind }) => kind === 'images.published')).toMatchObject({
      published: { registryType: 'Docker', images: [{ image: 'ghcr.io/acme/app:1', digest, link: 'https://ghcr.io/acme/app' }, {}] },
    })
  })

  it('are there for a step that only builds, and name what it built', async () => {
    const { run, read, reports, project } = start()
    const env = { ...reports('made'), PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: project.path('made/image.tar') }
    const outputs = outputsOf(await run({ spec, env }), 's1')
    expect(read('made/output.env')).toMatch(`IMAGE_TAR_PATH="${project.path('made/image.tar')}"\n`)
    expect(read('made/output.env')).toContain(`digest="${outputs['digest']}"\n`)
    expect(read('made/tags')).toBe(`ghcr.io/acme/app:1@${outputs['digest']}\nghcr.io/acme/app:latest@${outputs['digest']}\n`)
    expect(JSON.parse(read('made/artifact.json'))).toMatchObject({ data: { images: [] } })
    expect(outputs).not.toHaveProperty('imageRefs')
  })

  it('are there for steps that only push, from an archive, a stored image or the step before', async () => {
    const { run, held, read, reports, project } = start()
    const tar = project.path('made/image.tar')
    const pushOnly = (at: string, more: Readonly<Record<string, string>>): ImageStep => ({
      spec: { connectorRef: 'hub', repo: `acme/${at}`, tags: ['1'] },
      env: { ...reports(at), PLUGIN_PUSH_ONLY: 'true', ...more },
    })
    const events = await run(
      { spec, env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: tar } },
      pushOnly('archive', { PLUGIN_SOURCE_TAR_PATH: tar }),
      pushOnly('stored', { PLUGIN_SOURCE_IMAGE: 'ghcr.io/acme/app:latest' }),
    )
    const { digest } = outputsOf(events, 's1')
    for (const [at, step] of [
      ['archive', 's2'],
      ['stored', 's3'],
    ] as const) {
      expect(await held(`docker.io/acme/${at}:1`)).toBe(digest)
      expect(read(`${at}/digest`)).toBe(digest)
      expect(read(`${at}/tags`)).toBe(`index.docker.io/acme/${at}:1@${digest}\n`)
      expect(JSON.parse(read(`${at}/artifact.json`))).toEqual({
        kind: 'docker/v1',
        data: { registryType: 'Docker', registryUrl: 'https://index.docker.io/v1/', images: [{ image: `acme/${at}:1`, digest }] },
      })
      expect(outputsOf(events, step)).toMatchObject({ digest, image: `acme/${at}@${digest}`, imageDigests: `acme/${at}:1@${digest}` })
    }
  })

  it('name the image that the registry kept, when its tag was left alone', async () => {
    const { run, held, read, reports, project } = start()
    await run({ spec: { ...spec, tags: ['1'] } })
    const kept = await held('ghcr.io/acme/app:1')
    project.write({ 'hello.txt': 'two' })
    const events = await run({ spec: { ...spec, tags: ['1'] }, env: { ...reports('made'), PLUGIN_SKIP_PUSH_IF_TAG_EXISTS: 'true' } })
    expect(outputsOf(events, 's1')).toMatchObject({ digest: kept, image: `ghcr.io/acme/app@${kept}` })
    expect(JSON.parse(read('made/artifact.json'))).toMatchObject({ data: { images: [{ image: 'ghcr.io/acme/app:1', digest: kept }] } })
  })

  it('are the same for Azure, whose images are linked by the address of their registry when no subscription is named', async () => {
    const { run, held, read, reports } = start()
    const events = await run({ to: 'ACR', spec: { connectorRef: 'acr', repository: 'acme.azurecr.io/app', tags: ['1'] }, env: reports('made') })
    const digest = await held('acme.azurecr.io/app:1')
    expect(read('made/names')).toBe(`acme.azurecr.io/app@${digest}\n`)
    expect(JSON.parse(read('made/artifact.json'))).toMatchObject({ data: { registryType: 'ACR', registryUrl: 'https://acme.azurecr.io' } })
    expect(events.find(({ kind }) => kind === 'images.published')).toMatchObject({ published: { images: [{ digest, link: 'https://acme.azurecr.io' }] } })
  })

  it(
    'and archives belong to whoever owns the folder, also when root writes them',
    needs(process.getuid?.() === 0, 'giving files away needs root'),
    async () => {
      const { run, reports, project } = start()
      chownSync(project.dir, 1000, 1000)
      await run({ spec, env: { ...reports('made'), PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: project.path('made/image.tar') } })
      const files = ['made', 'made/image.tar', 'made/artifact.json', 'made/output.env']
      expect(files.map((file) => statSync(project.path(file)).uid)).toEqual([1000, 1000, 1000, 1000])
    },
  )

  it('name the registry as the settings do', async () => {
    const { run, read, reports } = start()
    const env = { ...reports('made'), ARTIFACT_REGISTRY: 'https://portal.example/app', PLUGIN_REGISTRY_TYPE: 'Own' }
    await run({ spec, env })
    expect(JSON.parse(read('made/artifact.json'))).toMatchObject({ data: { registryType: 'Own', registryUrl: 'https://portal.example/app' } })
  })

  it('are no files where no setting asks for them', async () => {
    const { run, project } = start()
    const events = await run({ spec })
    expect(events.filter(({ kind }) => kind === 'file.written')).toEqual([])
    expect(existsSync(project.path('made'))).toBe(false)
  })
})
