import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import { secretText } from '../base/secret-text.ts'
import { entriesOf } from './collect.ts'
import type { ImageSettings } from './image-settings.ts'
import { clearSecrets, maskNames } from './mask.ts'
import { envFrom, readEnv } from './read-env.ts'
import { anySettings } from './samples.testing.ts'
import { families } from './vocabulary.ts'
import { writeEnv } from './write-env.ts'

function values(settings: ImageSettings): unknown {
  return entriesOf(settings).map(([key, setting]) => [key, setting.value])
}

describe.each(families)('$tool for $variant', (family) => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const env = [...writeEnv(settings, family)].map(([name, value]) => [name, { value, origin: { kind: 'step-env', name } }] as const)
        const again = readEnv(new Map(env), family)
        expect(again.diagnostics).toEqual([])
        expect(values(again.settings)).toEqual(values(settings))
      }),
      { numRuns: 150 },
    )
  })
})

describe('writing', () => {
  it('uses the names the family reads, in plain lists where it can', () => {
    const { settings } = readEnv(envFrom({ PLUGIN_TAGS: 'a, b', PLUGIN_DRY_RUN: 'true', PLUGIN_TAR_PATH: 'x.tar' }, 'step-env'), {
      tool: 'buildx',
      variant: 'docker',
    })
    expect([...writeEnv(settings, { tool: 'kaniko', variant: 'docker' })]).toEqual([
      ['PLUGIN_TAGS', known('a,b')],
      ['PLUGIN_NO_PUSH', known('true')],
      ['PLUGIN_TAR_PATH', known('x.tar')],
    ])
    expect([...writeEnv(settings, { tool: 'docker', variant: 'docker' }).keys()]).toEqual(['PLUGIN_TAG', 'PLUGIN_DRY_RUN', 'PLUGIN_TAR_PATH'])
  })
})

describe('masking', () => {
  it('names the variables that hold secrets', () => {
    const names = maskNames()
    for (const name of ['PLUGIN_PASSWORD', 'DOCKER_PASSWORD', 'PLUGIN_JSON_KEY', 'TOKEN', 'PLUGIN_CONFIG', 'AWS_SECRET_ACCESS_KEY'])
      expect(names).toContain(name)
    for (const name of ['PLUGIN_TAGS', 'PLUGIN_REPO', 'PLUGIN_USERNAME']) expect(names).not.toContain(name)
  })

  it('finds secrets given in clear', () => {
    const env = envFrom({ PLUGIN_PASSWORD: 'hunter2', PLUGIN_REPO: 'a/b', PLUGIN_JSON_KEY: secretText('gcp') }, 'step-env')
    expect(clearSecrets(readEnv(env, { tool: 'buildx', variant: 'gcr' }).settings)).toEqual(['hunter2'])
  })
})
