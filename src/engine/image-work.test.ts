import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeImages } from '../../test/support/fake-images.ts'
import { type RunOptions, runText } from '../../test/support/run-text.ts'
import { tempProject } from '../../test/support/temp-project.ts'

interface Build {
  readonly repo?: string
  readonly tags?: readonly string[]
  readonly env?: Record<string, string>
}

function image(id: string, { repo = 'acme/app', tags = ['1'], env = {} }: Build = {}): string {
  const spec = { connectorRef: 'hub', repo, tags, envVariables: env }
  return `- step: {identifier: ${id}, name: ${id}, type: BuildAndPushDockerRegistry, spec: ${JSON.stringify(spec)}}`
}

async function run(steps: readonly string[], o: RunOptions = {}) {
  const body = steps.map((step) => `              ${step}\n`).join('')
  const text = `pipeline:\n  identifier: p\n  name: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: CI\n        spec:\n          platform: {os: Linux}\n          execution:\n            steps:\n${body}`
  const images = fakeImages()
  const workspace = tempProject({ 's/Dockerfile': 'FROM scratch\n' }).dir
  const ran = await runText(text, { images, workspace, ...o })
  return { ...ran, arrived: images.arrived.map((line) => line.replace(/sha256:(.{6}).*/, '$1').replace(workspace, '')) }
}

const show = '- step: {identifier: show, name: show, type: Run, spec: {command: x, envVariables: {FAKE_OUTPUT: "<+steps.push.output.outputVariables.digest>"}}}'

function plugin(id: string, settings: Record<string, unknown>): string {
  return `- step: {identifier: ${id}, name: ${id}, type: Plugin, spec: {image: plugins/docker, settings: ${JSON.stringify(settings)}}}`
}

describe('files of the workspace', () => {
  const refs = (arrived: readonly string[]) => arrived.map((line) => line.split(' ').slice(0, 2).join(' '))
  const files = {
    's/Dockerfile': 'FROM scratch\n',
    's/.tags': '1.2,latest\n',
    's/vars.env': 'PLUGIN_REPO=ghcr.io/of/file\nPLUGIN_TAGS=of-file\nPLUGIN_TARGET=release\nPLUGIN_PASSWORD=hunter2-hunter2\nPLUGIN_GARBAGE=yoyo\n',
  }

  it('name tags where no variable does', async () => {
    const steps = [plugin('listed', { repo: 'acme/app' }), plugin('named', { repo: 'acme/other', tags: 'x' })]
    const { arrived, outcome } = await run(steps, { workspace: tempProject(files).dir })
    expect([outcome, refs(arrived)]).toEqual([{ kind: 'passed' }, ['registry acme/app:1.2', 'registry acme/app:latest', 'registry acme/other:x']])
  })

  it('without tags leave them at latest', async () => {
    const { arrived, view } = await run([plugin('push', { repo: 'acme/app' })])
    expect(refs(arrived)).toEqual(['registry acme/app:latest'])
    expect(view.step('s/push')?.notes.map(({ code }) => code)).not.toContain('PLUGIN_TAGS_LATER')
  })

  it('hold variables that count where nothing else says so, and what is secret in them is masked', async () => {
    const steps = [
      plugin('push', { env_file: 'vars.env', tags: 'own' }),
      image('builtin', { repo: 'acme/app', tags: ['1'], env: { PLUGIN_ENV_FILE: '/harness/vars.env', PLUGIN_NO_PUSH: 'true' } }),
      '- step: {identifier: show, name: show, type: Run, spec: {command: x, envVariables: {FAKE_OUTPUT: "hunter2-hunter2"}}}',
    ]
    const images = fakeImages()
    const { outcome, view, recorded } = await run(steps, { workspace: tempProject(files).dir, images })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(refs(images.arrived)).toEqual(['registry ghcr.io/of/file:own', 'load acme/app:1'])
    const notes = view.step('s/push')?.notes ?? []
    expect(notes.filter(({ code }) => code === 'SETTINGS_UNKNOWN_VARIABLE').map(({ message }) => message)).toEqual([expect.stringContaining('PLUGIN_GARBAGE')])
    expect(notes.map(({ code }) => code)).toContain('SETTINGS_OVERRIDDEN')
    expect(JSON.stringify(recorded)).not.toContain('hunter2')
  })

  it('that are not there are told of, and the step goes on without them', async () => {
    const { outcome, view } = await run([plugin('push', { repo: 'acme/app', env_file: 'nothing.env' })])
    expect(outcome).toEqual({ kind: 'passed' })
    expect(view.step('s/push')?.notes.map(({ code }) => code)).toContain('PLUGIN_ENV_FILE_UNREADABLE')
  })
})

describe('a plugin for ECR without a registry', () => {
  it('asks for that of its keys when it runs', async () => {
    const step = plugin('push', { repo: 'app', tags: 'x', region: 'eu-west-1', access_key: 'AKIAGOOD', secret_key: 'the-secret-key' }).replace(
      'plugins/docker',
      'plugins/ecr',
    )
    const { arrived, outcome, recorded } = await run([step])
    expect([outcome, arrived.map((line) => line.split(' ')[1])]).toEqual([{ kind: 'passed' }, ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:x']])
    expect(JSON.stringify(recorded)).not.toContain('the-secret-key')
  })
})

describe('steps side by side', () => {
  it('do not write one archive, even when its path is known only as they run', async () => {
    const first =
      '- step: {identifier: first, name: first, type: Run, spec: {command: x, envVariables: {FAKE_OUT_PATH: out/x.tar}, outputVariables: [{name: PATH, type: String, value: PATH}]}}'
    const path = '<+steps.first.output.outputVariables.PATH>'
    const build = (id: string) => image(id, { repo: `acme/${id}`, env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: path } }).slice(2)
    const { outcome, arrived } = await run([first, `- parallel: [{${build('one')}}, {${build('two')}}]`])
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'ARCHIVE_CLAIMED', message: expect.stringContaining('s/one') } })
    expect(arrived.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['archive /s/out/x.tar', 'load acme/one:1'])
  })

  it('after each other write the same one: the last one counts', async () => {
    const build = (id: string) => image(id, { repo: `acme/${id}`, env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'x.tar' } })
    expect((await run([build('one'), build('two')])).outcome).toEqual({ kind: 'passed' })
  })
})

describe('image steps', () => {
  it('build and push every tag with one digest, and hand it on', async () => {
    const { outcome, arrived, view } = await run([image('push', { tags: ['1', 'latest'] }), show])
    expect(outcome).toEqual({ kind: 'passed' })
    expect(arrived.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['registry acme/app:1', 'registry acme/app:latest'])
    expect(new Set(arrived.map((line) => line.split(' ')[2])).size).toBe(1)
    expect(view.step('s/show')?.tail[0]).toBe(view.step('s/push')?.delivered[0]?.digest)
    expect(view.step('s/push')?.outputs.map((output) => output.name)).toEqual(expect.arrayContaining(['digest', 'image', 'imageRefs', 'engine', 'size']))
  })

  it('keep what they only build, write archives, and push from them', async () => {
    const { outcome, arrived } = await run([
      image('build', { env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'out/image.tar' } }),
      image('push', { repo: 'ghcr.io/acme/app', env: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: '/harness/out/image.tar' } }),
    ])
    expect(outcome).toEqual({ kind: 'passed' })
    expect(arrived.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['archive /s/out/image.tar', 'load acme/app:1', 'registry ghcr.io/acme/app:1'])
  })

  it('push the one image built before when no source is named', async () => {
    const { arrived } = await run([
      image('build', { env: { PLUGIN_NO_PUSH: 'true' } }),
      image('push', { repo: 'ghcr.io/acme/app', env: { PLUGIN_PUSH_ONLY: 'true' } }),
    ])
    expect(arrived.map((line) => line.split(' ')[1])).toEqual(['acme/app:1', 'ghcr.io/acme/app:1'])
  })

  it('try every target, name each that was refused, and fail', async () => {
    const images = fakeImages({ refuse: ['acme/app:1', 'acme/app:3'] })
    const { outcome } = await run([image('push', { tags: ['1', '2', '3'] })], { images })
    expect(images.arrived.map((line) => line.split(' ')[1])).toEqual(['acme/app:2'])
    const hint = (ref: string) => expect.stringContaining(`${ref} was not pushed: connector "hub" lacks the right to push there`)
    const denied = (ref: string) => ({ code: 'REGISTRY_DENIED', hint: hint(ref) })
    expect(outcome).toMatchObject({ kind: 'errored', problem: denied('acme/app:1'), others: [denied('acme/app:3')] })
  })

  it('tell the same outputs in every mode, and push-only has all of them but what only a build knows', async () => {
    const { view } = await run([
      image('build', { env: { PLUGIN_NO_PUSH: 'true', PLUGIN_TAR_PATH: 'out/image.tar' } }),
      image('push', { repo: 'ghcr.io/acme/app', tags: ['1', '2'], env: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'out/image.tar' } }),
      image('again', { repo: 'quay.io/acme/app', env: { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/app:1' } }),
    ])
    const outputs = (step: string) => Object.fromEntries(view.step(`s/${step}`)?.outputs.map(({ name, value }) => [name, value]) ?? [])
    const { digest = '' } = outputs('build')
    const always = { digest, size: expect.any(String), layers: '2', duration: expect.any(String), engine: 'embedded' }
    expect(outputs('build')).toEqual({ ...always, IMAGE_TAR_PATH: '/harness/out/image.tar', cachedLayers: '0' })
    const refs = ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:2']
    expect(outputs('push')).toEqual({
      ...always,
      image: `ghcr.io/acme/app@${digest}`,
      imageRefs: refs.join(','),
      imageDigests: refs.map((ref) => `${ref}@${digest}`).join(','),
    })
    expect(outputs('again')).toMatchObject({ ...always, image: `quay.io/acme/app@${digest}` })
  })

  it.each([
    ['builds and pushes', {}],
    ['only pushes', { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_IMAGE: 'acme/base:1' }],
  ])('list in the artifact file what was pushed, and nothing that was refused, when a step %s', async (_does, env) => {
    const images = fakeImages({ refuse: ['ghcr.io/acme/app:2'] })
    const workspace = tempProject({ 's/Dockerfile': 'FROM scratch\n' }).dir
    const steps = [
      image('base', { repo: 'acme/base', env: { PLUGIN_NO_PUSH: 'true' } }),
      image('push', { repo: 'ghcr.io/acme/app', tags: ['1', '2', '3'], env: { ...env, PLUGIN_ARTIFACT_FILE: 'made/artifact.json' } }),
    ]
    const { view } = await run(steps, { images, workspace })
    const step = view.step('s/push')
    const digest = view.step('s/base')?.built?.digest
    const listed = ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:3'].map((name) => ({ image: name, digest }))
    const file = JSON.parse(readFileSync(join(workspace, 's/made/artifact.json'), 'utf8'))
    expect(file).toEqual({ kind: 'docker/v1', data: { registryType: 'Docker', registryUrl: 'https://ghcr.io', images: listed } })
    expect(step?.published?.images).toEqual(listed.map((one) => ({ ...one, link: 'https://ghcr.io/acme/app' })))
    expect(step?.files).toMatchObject([{ path: '/harness/made/artifact.json' }])
  })

  it('are done when a report cannot be written, and say so', async () => {
    const workspace = tempProject({ 's/Dockerfile': 'FROM scratch\n' }).dir
    const { outcome, view } = await run([image('push', { env: { PLUGIN_ARTIFACT_FILE: 'Dockerfile/artifact.json', PLUGIN_DIGEST_FILE: 'digest' } })], {
      workspace,
    })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(view.step('s/push')?.notes.map(({ code }) => code)).toContain('REPORT_NOT_WRITTEN')
    expect(readFileSync(join(workspace, 's/digest'), 'utf8')).toBe(view.step('s/push')?.built?.digest)
  })

  it('write no artifact file of a step that pushes nothing but an empty one, and print a card that shall go to the output', async () => {
    const workspace = tempProject({ 's/Dockerfile': 'FROM scratch\n' }).dir
    const env = { PLUGIN_NO_PUSH: 'true', PLUGIN_ARTIFACT_FILE: 'a.json', DRONE_CARD_PATH: '/dev/stdout' }
    const { view } = await run([image('build', { env })], { workspace })
    expect(JSON.parse(readFileSync(join(workspace, 's/a.json'), 'utf8'))).toMatchObject({ data: { images: [] } })
    const card = view.step('s/build')?.tail.find((line) => line.includes('1338;')) ?? ''
    expect(JSON.parse(Buffer.from(card.replace(/^.*1338;/, '').replace(/[^\w+/=].*$/, ''), 'base64').toString())).toMatchObject({
      data: { RepoTags: ['acme/app:1'] },
    })
  })

  it('say when a tag that a run makes is none, and take one that is', async () => {
    const tag = (text: string) => run([image('push', { tags: [text] })], { facts: { executionId: '-Xy1' } })
    await expect(tag('<+pipeline.executionId>')).rejects.toThrow('TAG_INVALID')
    expect((await tag('ci-<+pipeline.executionId>')).arrived[0]).toContain('acme/app:ci--Xy1')
  })

  it('may leave tags that the registry lets nobody move', async () => {
    const images = fakeImages({ refuse: ['acme/app:1'], because: 'the repository is immutable' })
    const push = (env: Record<string, string>) => run([image('push', { tags: ['1', '2'], env })], { images })
    expect((await push({})).outcome).toMatchObject({ kind: 'errored', problem: { code: 'REGISTRY_DENIED' } })
    const { outcome, view } = await push({ PLUGIN_PUSH_IGNORE_IMMUTABLE_TAG_ERRORS: 'true' })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(view.step('s/push')?.notes.map(({ code }) => code)).toContain('TAG_KEPT')
    expect(view.step('s/push')?.outputs.find(({ name }) => name === 'imageRefs')?.value).toBe('acme/app:2')
  })

  it('record the version of the engine that they name', async () => {
    const { view } = await run([image('push', { env: { PLUGIN_ENGINE_VERSION: '1.23.2' } })])
    expect(view.step('s/push')?.outputs).toContainEqual({ name: 'engineVersion', value: '1.23.2', secret: false })
  })

  it('name a Dockerfile that is not there', async () => {
    const { outcome } = await run([image('push')], { workspace: tempProject().dir })
    expect(outcome).toMatchObject({ kind: 'errored', problem: { code: 'DOCKERFILE_UNREADABLE' } })
  })

  it('are refused before anything runs when their settings contradict each other', async () => {
    await expect(run([image('push', { env: { PLUGIN_NO_PUSH: 'true', PLUGIN_PUSH_ONLY: 'true' } })])).rejects.toThrow('JOB_NO_PUSH_AND_PUSH_ONLY')
  })
})
