import { describe, expect, it } from 'vitest'
import type { Variant } from '../settings/vocabulary.ts'
import type { YamlValue } from '../settings/yaml-value.ts'
import type { ImageJob } from './image-job.ts'
import { at, codesOf, fieldSettings, job, plan, settingsOf, type Vars } from './job.testing.ts'
import { joinPath } from './targets.ts'

function ref(made: ImageJob): string | undefined {
  const [output] = made.outputs
  return output?.kind === 'registry' && output.refs.kind === 'known' ? output.refs.value[0] : undefined
}

const fields: readonly (readonly [Variant, Readonly<Record<string, YamlValue>>, string])[] = [
  ['docker', { repo: 'acme/app' }, 'acme/app:1'],
  ['docker', { repo: 'ghcr.io/acme/app' }, 'ghcr.io/acme/app:1'],
  ['docker', { repo: 'localhost:5000/a/b' }, 'localhost:5000/a/b:1'],
  ['ecr', { account: '012345678901', region: 'eu-west-1', imageName: 'team/app' }, '012345678901.dkr.ecr.eu-west-1.amazonaws.com/team/app:1'],
  ['ecr', { account: '012345678901', region: 'cn-north-1', imageName: 'app' }, '012345678901.dkr.ecr.cn-north-1.amazonaws.com.cn/app:1'],
  ['gar', { host: 'us-docker.pkg.dev', projectID: 'proj', imageName: 'repo/app' }, 'us-docker.pkg.dev/proj/repo/app:1'],
  ['gcr', { host: 'gcr.io', projectID: 'proj', imageName: 'app' }, 'gcr.io/proj/app:1'],
  ['acr', { repository: 'acme.azurecr.io/app' }, 'acme.azurecr.io/app:1'],
]

describe('references from fields', () => {
  it.each(fields)('%s %j gives %s', (variant, spec, expected) => {
    expect(ref(job(fieldSettings(variant, { connectorRef: 'c', tags: ['1'], ...spec }), { family: { tool: 'kaniko', variant } }))).toBe(expected)
  })

  it('keep every part of a host that holds a path, and say so', () => {
    const spec = {
      connectorRef: 'c',
      host: 'us-docker.pkg.dev/gar-prod-setup/harness-public',
      projectID: 'some-gcp-project',
      imageName: 'some-image-name',
      tags: ['1.0'],
    }
    const family = { tool: 'kaniko', variant: 'gar' } as const
    const checked = plan(fieldSettings('gar', spec), { family })
    expect(checked.diagnostics).toMatchObject([{ code: 'JOB_HOST_HAS_PATH', severity: 'warning', at }])
    expect(ref(job(fieldSettings('gar', spec), { family }))).toBe('us-docker.pkg.dev/gar-prod-setup/harness-public/some-gcp-project/some-image-name:1.0')
  })

  it("take the connector's registry when the repository names none, with a warning", () => {
    const settings = fieldSettings('docker', { connectorRef: 'c', repo: 'acme/app', tags: ['1'] })
    expect(ref(job(settings, { connectorUrl: 'https://ghcr.io/acme' }))).toBe('ghcr.io/acme/app:1')
    expect(codesOf(plan(settings, { connectorUrl: 'https://ghcr.io/acme' }))).toEqual(['JOB_REPO_WITHOUT_HOST'])
    expect(ref(job(settings, { connectorUrl: 'https://index.docker.io/v2/' }))).toBe('acme/app:1')
  })
})

const vars: readonly (readonly [Variant, Vars, string])[] = [
  ['docker', { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: 'ghcr.io', PLUGIN_EXPAND_REPO: 'true' }, 'ghcr.io/app:latest'],
  ['docker', { PLUGIN_REPO: 'ghcr.io/app', PLUGIN_REGISTRY: 'https://ghcr.io/', PLUGIN_EXPAND_REPO: 'true' }, 'ghcr.io/app:latest'],
  ['docker', { PLUGIN_REPO: 'acme/app', PLUGIN_EXPAND_REPO: 'true' }, 'acme/app:latest'],
  ['docker', { PLUGIN_REPO: 'acme/app', PLUGIN_REGISTRY: 'ghcr.io' }, 'acme/app:latest'],
  ['docker', { PLUGIN_REPO: 'acme/app', PLUGIN_REGISTRY: 'https://index.docker.io/v1/', PLUGIN_EXPAND_REPO: 'true' }, 'acme/app:latest'],
  ['ecr', { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: '1.dkr.ecr.us-east-1.amazonaws.com' }, '1.dkr.ecr.us-east-1.amazonaws.com/app:latest'],
  ['ecr', { PLUGIN_REPO: '1.dkr.ecr.us-east-1.amazonaws.com/app' }, '1.dkr.ecr.us-east-1.amazonaws.com/app:latest'],
  ['gar', { PLUGIN_REPO: 'proj/repo/app', PLUGIN_LOCATION: 'europe-west1' }, 'europe-west1-docker.pkg.dev/proj/repo/app:latest'],
  ['gcr', { PLUGIN_REPO: 'proj/app' }, 'gcr.io/proj/app:latest'],
  ['gcr', { PLUGIN_REPO: 'gcr.io/proj/app', PLUGIN_REGISTRY: 'gcr.io' }, 'gcr.io/proj/app:latest'],
  ['acr', { PLUGIN_REPO: 'app', PLUGIN_REGISTRY: 'acme.azurecr.io' }, 'acme.azurecr.io/app:latest'],
  ['acr', { PLUGIN_REPO: 'acme.azurecr.io/app', PLUGIN_REGISTRY: 'https://portal.azure.com/x' }, 'acme.azurecr.io/app:latest'],
]

describe('references from variables', () => {
  it.each(vars)('%s %j gives %s', (variant, env, expected) => {
    const family = { tool: 'kaniko', variant } as const
    expect(ref(job(settingsOf(env, family), { family }))).toBe(expected)
  })

  it.each(['ecr', 'gar', 'acr'] as const)('of %s without a registry are refused', (variant) => {
    const family = { tool: 'kaniko', variant } as const
    expect(plan(settingsOf({ PLUGIN_REPO: 'app' }, family), { family }).diagnostics).toMatchObject([
      { code: 'JOB_REGISTRY_MISSING', at, hint: expect.any(String) },
    ])
  })

  it('hold no tag of their own', () => {
    expect(plan(settingsOf({ PLUGIN_REPO: 'a/b:1' })).diagnostics).toMatchObject([{ code: 'JOB_REPO_HAS_TAG', at }])
  })

  it('cannot be secrets', () => {
    expect(plan(settingsOf({ PLUGIN_REPO: { kind: 'secret-text', pieces: [{ secret: 'x' }, '/app'] } })).diagnostics).toMatchObject([
      { code: 'JOB_SECRET_IN_NAME', at },
    ])
  })

  it('are joined at a path border, not in the middle of a name', () => {
    expect(joinPath('gcr.io', 'gcr.iox/app')).toBe('gcr.io/gcr.iox/app')
    expect(joinPath('https://gcr.io/', 'gcr.io/app')).toBe('gcr.io/app')
  })
})
