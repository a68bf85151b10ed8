import { describe, expect, it } from 'vitest'
import { imagePipeline } from '../support/image-pipeline.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { tempProject } from '../support/temp-project.ts'

/** What the plan of one step says of base images. */
async function planned(spec: object, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { dir } = tempProject({ 'p.yaml': imagePipeline({ spec: { connectorRef: 'hub', repo: 'acme/app', tags: ['1'], ...spec }, env }) })
  const { out } = await slipwayHere(dir, {}, 'plan', 'p.yaml', '--on', 'local')
  return out.split('\n').flatMap((line) => /^ *((?:base images|pulled as|\S+ from) .*)$/.exec(line)?.[1] ?? [])
}

const usual = 'base images from the registry that FROM names, docker.io where it names none'
const others = 'else whom this machine is signed in as, else nobody'

describe('the base images of a step in the plan', () => {
  it('come from where their names say, as the connector of the step or whoever this machine is', async () => {
    expect(await planned({})).toEqual([usual, `pulled as the connector hub on its own host, ${others}`])
  })

  it('are pulled as the base image connectors first, in their order', async () => {
    expect((await planned({ baseImageConnectorRefs: ['one', 'account.two'] })).at(-1)).toBe(
      `pulled as the base image connector one, else the base image connector account.two, else the connector hub on its own host, ${others}`,
    )
  })

  it('are pulled as the user of the settings, whose password is nowhere', async () => {
    const lines = await planned({}, { PLUGIN_DOCKER_USERNAME: 'ann', PLUGIN_DOCKER_PASSWORD: 'hush-hush', PLUGIN_DOCKER_REGISTRY: 'quay.io' })
    expect(lines.at(-1)).toMatch(/^pulled as the user of the settings on quay\.io, else the connector hub/)
    expect(lines.join()).not.toContain('hush-hush')
  })

  it('come from mirrors and mapped registries, and from nowhere else when that is said', async () => {
    const env = { PLUGIN_REGISTRY_MIRRORS: 'm1.example,m2.example', PLUGIN_REGISTRY_MAP: 'gcr.io=r.example/gcr' }
    expect((await planned({}, env)).slice(0, -1)).toEqual([
      usual,
      'docker.io from m1.example, m2.example, then from itself',
      'gcr.io from r.example/gcr, then from itself',
    ])
    expect(await planned({}, { ...env, PLUGIN_SKIP_DEFAULT_REGISTRY_FALLBACK: 'true' })).toContain(
      'docker.io from m1.example, m2.example, and from nowhere else',
    )
  })

  it('are no matter of a step that only pushes', async () => {
    expect(await planned({}, { PLUGIN_PUSH_ONLY: 'true', PLUGIN_SOURCE_TAR_PATH: 'a.tar' })).toEqual([])
  })
})
