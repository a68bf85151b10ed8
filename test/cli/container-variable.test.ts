/** The variable that people set so that kaniko believes it is inside of a container (`container: docker`) changes nothing here. */
import { expect, it } from 'vitest'
import { tempProject } from '../support/temp-project.ts'
import { testWorld } from '../support/test-world.ts'

const config = `hosts:
  - {match: ghcr.io, endpoint: embedded:ghcr}
connectors:
  - connector: {identifier: ghcr, name: GHCR, type: DockerRegistry, spec: {dockerRegistryUrl: https://ghcr.io, providerType: Other, auth: {type: Anonymous}}}
`
const step = { connectorRef: 'ghcr', repo: 'ghcr.io/acme/boxed', tags: ['1'], envVariables: { PLUGIN_REPRODUCIBLE: 'true' } }

function pipeline(variables: string): string {
  return `pipeline:
  identifier: boxed
  name: boxed
  stages:
    - stage:
        identifier: one
        name: one
        type: CI
        variables: ${variables}
        spec:
          cloneCodebase: true
          platform: {os: Linux, arch: Amd64}
          runtime: {type: Cloud, spec: {}}
          execution:
            steps:
              - step: {identifier: image, name: image, type: BuildAndPushDockerRegistry, spec: ${JSON.stringify(step)}}
              - step: {identifier: tell, name: tell, type: Run, spec: {shell: Sh, command: "echo told <+steps.image.output.outputVariables.digest>"}}
`
}

async function digestWith(variables: string): Promise<string> {
  const project = tempProject({ '.slipway/config.yaml': config, Dockerfile: 'FROM scratch\nARG container\nENV V=$container\nCOPY a /a\n', a: 'A' })
  project.write({ 'pipeline.yaml': pipeline(variables) })
  const { code, out, err } = await testWorld({ cwd: project.dir }).run('run', project.path('pipeline.yaml'), '--codebase', project.dir)
  expect([code, err]).toEqual([0, ''])
  return /told (sha256:[0-9a-f]{64})/.exec(out)?.[1] ?? out
}

it('builds the same image with container=docker as without it', async () => {
  expect(await digestWith('[{name: container, type: String, value: docker}]')).toBe(await digestWith('[]'))
}, 60_000)
