import { describe, expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const pipeline = `pipeline:
  identifier: p
  name: p
  stages:
    - stage:
        identifier: s
        name: s
        type: CI
        variables:
          - {name: PLUGIN_PASSWORD, type: Secret, value: <+secrets.getValue("account.pw")>}
        spec:
          runtime: {type: Cloud}
          execution:
            steps:
              - step:
                  identifier: push
                  name: push
                  type: BuildAndPushDockerRegistry
                  spec:
                    connectorRef: account.nowhere
                    repo: acme/app
                    tags: ["1"]
                    envVariables: {PLUGIN_USERNAME: me, PLUGIN_DOCKER_PASSWORD: clear-text-word}
`

const config = `hosts:
  - {match: docker.io, endpoint: embedded:hub}
  - {match: down.example, endpoint: "http://127.0.0.1:1"}
connectors:
  - .slipway/connectors
  - connector: {identifier: down, name: down, type: DockerRegistry, spec: {dockerRegistryUrl: "https://down.example"}}
`
const hub = 'connector: {identifier: hub, name: hub, type: DockerRegistry, spec: {dockerRegistryUrl: "https://index.docker.io/v1/"}}\n'

describe('connectors', () => {
  it('that are not defined are a warning before a run, and keep a run from starting', async () => {
    const { dir } = tempProject({ 'p.yaml': pipeline, Dockerfile: 'FROM scratch\n' })
    const world = testWorld({ cwd: dir })
    const validated = await world.run('validate', 'p.yaml')
    expect([validated.code, validated.err]).toEqual([0, expect.stringContaining('p.yaml:20:35: warning: the connector "account.nowhere" is not defined')])
    const ran = await world.run('run', 'p.yaml')
    expect([ran.code, ran.err]).toEqual([1, expect.stringContaining('error: the connector "account.nowhere" is not defined')])
    expect((await world.run('runs', 'list')).out).toContain('no runs yet')
  })

  it('are listed from files and configuration, and checked against their registries', async () => {
    const { dir } = tempProject({ '.slipway/config.yaml': config, '.slipway/connectors/hub.yaml': hub })
    const world = testWorld({ cwd: dir })
    expect((await world.run('connector', 'list')).out.split('\n').map((line) => line.split(' ')[0])).toEqual(['hub', 'down', ''])
    const checked = await world.run('connector', 'check', '--json')
    expect(checked.code).toBe(1)
    expect(JSON.parse(checked.out)).toMatchObject([
      { identifier: 'hub', ok: true },
      { identifier: 'down', ok: false, says: expect.stringContaining('REGISTRY_UNREACHABLE') },
    ])
  })

  it('of one name in several scopes are told apart by what stands before the name', async () => {
    const hub = (more: string, host: string) =>
      `  - connector: {identifier: hub, name: hub, ${more}type: DockerRegistry, spec: {dockerRegistryUrl: "https://${host}"}}\n`
    const scopes = `connectors:\n${hub('orgIdentifier: o, projectIdentifier: p, ', 'project.example')}${hub('orgIdentifier: o, ', 'org.example')}${hub('', 'account.example')}`
    const { dir } = tempProject({ '.slipway/config.yaml': scopes, 'p.yaml': pipeline })
    const world = testWorld({ cwd: dir })
    const targetOf = async (ref: string) => {
      const { dir: own } = tempProject({ '.slipway/config.yaml': scopes, 'p.yaml': pipeline.replace('account.nowhere', ref) })
      return /"([a-z]+\.example)\/acme\/app:1"/.exec((await testWorld({ cwd: own }).run('plan', 'p.yaml', '--json')).out)?.[1]
    }
    expect(await Promise.all(['hub', 'org.hub', 'account.hub'].map(targetOf))).toEqual(['project.example', 'org.example', 'account.example'])
    expect((await world.run('connector', 'list')).out.split('\n').map((line) => line.split(/ +/)[0])).toEqual(['hub', 'org.hub', 'account.hub', ''])
  })

  it('refuse half a client certificate', async () => {
    const { dir } = tempProject({ '.slipway/config.yaml': 'hosts:\n  - {match: a.example, mirrors: ["https://m.example"], clientCert: cert.pem}\n' })
    expect((await testWorld({ cwd: dir }).run('connector', 'check')).err).toContain('CONFIG_HALF_CERTIFICATE')
  })

  it('never show a password, by name or by accident', async () => {
    const { dir } = tempProject({ 'p.yaml': pipeline })
    const world = testWorld({ cwd: dir })
    const shown = await world.run('plan', '--env', 'p.yaml')
    expect(shown.out).toMatch(/PLUGIN_PASSWORD +<secret account\.pw>/)
    expect(shown.out).toMatch(/PLUGIN_DOCKER_PASSWORD +\*{8}/)
    expect((await world.run('plan', '--json', 'p.yaml')).out).not.toContain('clear-text-word')
  })
})
