import { describe, expect, it } from 'vitest'
import { effectNotes, engineNeeds } from './effects.ts'
import { specSchema } from './json-schema.ts'
import { envFrom, readEnv } from './read-env.ts'
import { settingsReference } from './reference.ts'
import type { Engine, Family } from './vocabulary.ts'

function notes(name: string, family: Family, engine: Engine = 'embedded') {
  const { settings } = readEnv(envFrom({ [name]: 'true' }, 'step-env'), family)
  return effectNotes(settings, { family, engine }).map((d) => [d.code, d.severity])
}

describe('notes on effects', () => {
  it.each([
    ['PLUGIN_DAEMON_OFF', 'buildx', 'docker', [['SETTINGS_NO_EFFECT', 'info']]],
    ['PLUGIN_DAEMON_OFF', 'kaniko', 'docker', [['SETTINGS_NO_EFFECT', 'info']]],
    ['PLUGIN_PURGE', 'kaniko', 'docker', [['SETTINGS_NO_EFFECT', 'warning']]],
    ['PLUGIN_SNAPSHOT_MODE', 'kaniko', 'docker', [['SETTINGS_NO_EFFECT', 'info']]],
    ['PLUGIN_SNAPSHOT_MODE', 'buildx', 'docker', [['SETTINGS_NO_EFFECT', 'warning']]],
    ['PLUGIN_BUILDX_LOAD', 'kaniko', 'docker', [['SETTINGS_BEYOND_ORIGINAL', 'info']]],
    ['PLUGIN_SKIP_TLS_VERIFY', 'kaniko', 'gcr', [['SETTINGS_BEYOND_ORIGINAL', 'info']]],
    ['PLUGIN_SKIP_TLS_VERIFY', 'kaniko', 'docker', []],
    ['PLUGIN_CREATE_REPOSITORY', 'kaniko', 'acr', [['SETTINGS_NO_EFFECT', 'info']]],
    ['PLUGIN_REGISTRY_MAP', 'kaniko', 'docker', []],
  ] as const)('%s with %s for %s', (name, tool, variant, expected) => {
    expect(notes(name, { tool, variant })).toEqual(expected)
  })

  it.each([
    ['PLUGIN_DAEMON_OFF', 'kaniko', 'has no effect: no Docker daemon is started.'],
    ['PLUGIN_CLEANUP', 'kaniko', 'has no effect with the engine embedded: every build has a file system of its own.'],
    ['PLUGIN_SNAPSHOT_MODE', 'buildx', 'has no effect with the tool buildx: changed files are known without walking the file system.'],
    ['PLUGIN_CREATE_REPOSITORY', 'kaniko', 'has no effect: the registry type docker has no use for it.'],
  ] as const)('%s with %s says why, once', (name, tool, text) => {
    const family = { tool, variant: 'docker' } as const
    const { settings } = readEnv(envFrom({ [name]: 'true' }, 'step-env'), family)
    expect(effectNotes(settings, { family, engine: 'embedded' })[0]?.message).toBe(`The variable of the step ${name} ${text}`)
  })

  it('is silent about a setting of the engine that runs', () => {
    expect(notes('PLUGIN_SNAPSHOT_MODE', { tool: 'kaniko', variant: 'docker' }, 'kaniko')).toEqual([])
    expect(notes('PLUGIN_BUILDER_NAME', { tool: 'buildx', variant: 'docker' }, 'buildx')).toEqual([])
    expect(notes('PLUGIN_BUILDER_NAME', { tool: 'buildx', variant: 'docker' }, 'embedded')).toEqual([['SETTINGS_NO_EFFECT', 'info']])
  })

  it('names the settings that only one engine can serve', () => {
    const { settings } = readEnv(envFrom({ PLUGIN_BAKE_FILE: 'b.hcl', PLUGIN_REPO: 'r' }, 'step-env'), { tool: 'kaniko', variant: 'docker' })
    expect(engineNeeds(settings)).toMatchObject([{ key: 'bakeFile', engine: 'buildx' }])
  })
})

describe('what is made from the table', () => {
  it('documents every topic', () => {
    const text = settingsReference()
    expect(text).toContain('| `repo`, `imageName`, `repository` | `PLUGIN_REPO` | text |  | docker, buildx, kaniko |')
    expect(text).toContain('`PLUGIN_PASSWORD`, `DOCKER_PASSWORD`, `PLUGIN_PUSH_PASSWORD` | text, secret')
    expect(text).not.toContain('undefined')
  })

  it('describes the fields of each step type', () => {
    const schema = specSchema('BuildAndPushDockerRegistry')
    expect(schema.required).toEqual(['repo', 'tags'])
    expect(schema.anyOf).toEqual([{ required: ['connectorRef'] }, { required: ['registryRef'] }])
    expect(Object.keys(schema.properties)).toContain('remoteCacheImage')
    expect(Object.keys(specSchema('BuildAndPushACR').properties)).toEqual(expect.arrayContaining(['repository', 'subscriptionId', 'caching', 'cacheFrom']))
  })
})
