/** What a pipeline says about its build reaches the builder: secrets, keys, hosts, name servers, proxies, arguments, platforms. */
import { describe, expect, it } from 'vitest'
import { fakeImages } from '../../test/support/fake-images.ts'
import { type RunOptions, runText } from '../../test/support/run-text.ts'
import { tempProject } from '../../test/support/temp-project.ts'

const stageVariables = [
  { name: 'a_user', type: 'String', value: 'the-user-name' },
  { name: 'FROM_STAGE', type: 'Secret', value: 'account.pw' },
]

async function run(spec: object, files: Readonly<Record<string, string>> = {}, outside?: RunOptions['outside']) {
  const step = {
    step: { identifier: 'build', name: 'build', type: 'BuildAndPushDockerRegistry', spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], ...spec } },
  }
  const stage = {
    identifier: 's',
    name: 's',
    type: 'CI',
    variables: stageVariables,
    spec: { platform: { os: 'Linux', arch: 'Amd64' }, execution: { steps: [step] } },
  }
  const images = fakeImages()
  const project = tempProject({ 's/Dockerfile': 'FROM scratch\n', ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`s/${name}`, text])) })
  const text = JSON.stringify({ pipeline: { identifier: 'p', name: 'p', stages: [{ stage }] } })
  const ran = await runText(text, {
    images,
    workspace: project.dir,
    ...(outside !== undefined && { outside }),
    secrets: { 'account.pw': 'hunter-two', pw: 'hunter-two' },
  })
  const [request] = images.requests
  const texts = (given: ReadonlyMap<string, Uint8Array> | undefined) =>
    Object.fromEntries([...(given ?? [])].map(([id, bytes]) => [id, Buffer.from(bytes).toString()]))
  return { ...ran, request, secrets: texts(request?.secrets), story: JSON.stringify(ran.recorded) }
}

describe('a build of a pipeline', () => {
  it('gets secrets from variables, files and the secret store, and no record of the run shows them', async () => {
    const { secrets, outcome, story } = await run(
      {
        envDockerSecrets: { USER: 'a_user', PASSWORD: '<+secrets.getValue("account.pw")>', STAGE: 'FROM_STAGE' },
        fileDockerSecrets: { conf: 'conf/settings.xml' },
      },
      { 'conf/settings.xml': '<password>xml-secret</password>\n' },
    )
    expect(outcome).toEqual({ kind: 'passed' })
    expect(secrets).toEqual({ USER: 'the-user-name', PASSWORD: 'hunter-two', STAGE: 'hunter-two', conf: '<password>xml-secret</password>\n' })
    expect(story).toContain('PASSWORD is ****')
    for (const value of ['hunter-two', 'xml-secret']) expect(story).not.toContain(value)
  })

  it('is refused when the variable of a secret is not set', async () => {
    const { outcome, request } = await run({ envDockerSecrets: { USER: 'nobody_sets_this' } })
    expect(outcome).toMatchObject({
      kind: 'errored',
      problem: { code: 'BUILD_SECRET_SOURCE', message: expect.stringContaining('nobody_sets_this is not set') },
    })
    expect(request).toBeUndefined()
  })

  it('may have its context outside: it is fetched, has the Dockerfile, and is gone afterwards', async () => {
    const outside = tempProject({ 'docker/Dockerfile': 'FROM outside\n' })
    const asked: string[] = []
    const open = (text: string) => {
      asked.push(text)
      return { folder: outside.dir, close: async () => void asked.push('closed') }
    }
    const { request, outcome } = await run({ context: 'https://git.example/a.git#main', dockerfile: 'docker/Dockerfile' }, {}, open)
    expect(outcome).toEqual({ kind: 'passed' })
    expect(request).toMatchObject({ contextDir: outside.dir, dockerfile: { name: 'docker/Dockerfile', text: 'FROM outside\n' } })
    expect(asked).toEqual(['https://git.example/a.git#main', 'closed'])
  })

  it.each(['secret', 'ssh'])('with the engine kaniko is refused when its Dockerfile mounts a %s, before anything is built', async (type) => {
    const { outcome, request } = await run({ engine: 'kaniko' }, { Dockerfile: `FROM scratch\nRUN --mount=type=${type},id=a x\n` })
    expect(outcome).toMatchObject({
      kind: 'errored',
      problem: { code: 'ENGINE_CONFLICT', at: { file: 'Dockerfile', line: 2 }, message: expect.stringContaining(type) },
    })
    expect(request).toBeUndefined()
    const { outcome: other } = await run({ engine: 'kaniko' }, { Dockerfile: 'FROM scratch\nRUN --mount=type=cache,target=/c x\n' })
    expect(other).toMatchObject({ problem: { code: 'ENGINE_NOT_AVAILABLE' } })
  })

  it('lends ssh keys from files, from the secret store and from PLUGIN_SSH_AGENT_KEY', async () => {
    const { request } = await run(
      { sshKeys: { deploy: 'deploy_key', stored: '<+secrets.getValue("account.pw")>' }, envVariables: { PLUGIN_SSH_AGENT_KEY: 'PEM of the agent' } },
      { deploy_key: 'PEM' },
    )
    expect(Object.fromEntries(request?.ssh ?? [])).toEqual({
      deploy: { kind: 'keys', keys: [Buffer.from('PEM')] },
      stored: { kind: 'keys', keys: [Buffer.from('hunter-two')] },
      default: { kind: 'keys', keys: [Buffer.from('PEM of the agent')] },
    })
  })

  it.each([
    ['nothing, and asks registries for newer bases', {}, { layers: undefined, localBases: undefined }],
    ['one on top of the base', { PLUGIN_SQUASH: 'true' }, { layers: { one: true } }],
    ['one at the end', { PLUGIN_SINGLE_SNAPSHOT: 'true' }, { layers: { one: true } }],
    ['what is left out, as a list', { PLUGIN_IGNORE_PATH: '/a,/b' }, { layers: { leaveOut: ['/a', '/b'] } }],
    ['what is left out, by the other name', { PLUGIN_IGNORE_PATHS: '/a,/b' }, { layers: { leaveOut: ['/a', '/b'] } }],
    ['/var/run left out', { PLUGIN_IGNORE_VAR_RUN: 'true' }, { layers: { leaveOut: ['/var/run'] } }],
    ['/var/run kept', { PLUGIN_IGNORE_VAR_RUN: 'false' }, { layers: undefined }],
    ['zstd', { PLUGIN_COMPRESSION: 'zstd', PLUGIN_COMPRESSION_LEVEL: '19' }, { layers: { zstd: { level: 19 } } }],
    ['bases of this machine', { PLUGIN_PULL_IMAGE: 'false' }, { localBases: true }],
  ])('wants of layers and bases: %s', async (_what, envVariables, wanted) => {
    const { request } = await run({ envVariables })
    expect({ layers: request?.layers, localBases: request?.localBases }).toMatchObject(wanted)
  })

  it('gets hosts, network, name servers, proxies, arguments of the environment and platforms', async () => {
    const { request, outcome } = await run({
      platforms: ['linux/amd64', 'linux/arm64'],
      envVariables: {
        PLUGIN_ADD_HOST: 'db:10.0.0.1,cache:10.0.0.2',
        PLUGIN_CUSTOM_DNS: '1.1.1.1',
        PLUGIN_CUSTOM_DNS_SEARCH: 'corp.example,example',
        HTTP_PROXY: 'http://proxy:3128',
        PLUGIN_BUILDX_OPTIONS: '--network=none',
        PLUGIN_BUILD_ARGS_FROM_ENV: 'a_user',
      },
    })
    expect(outcome).toEqual({ kind: 'passed' })
    expect(request).toMatchObject({
      network: 'none',
      addHosts: [
        { name: 'db', address: '10.0.0.1' },
        { name: 'cache', address: '10.0.0.2' },
      ],
      dns: ['1.1.1.1'],
      dnsSearch: ['corp.example', 'example'],
      platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
      ],
    })
    expect(Object.fromEntries(request?.args ?? [])).toMatchObject({ HTTP_PROXY: 'http://proxy:3128', a_user: 'the-user-name' })
  })
})
