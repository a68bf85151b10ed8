import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import { secretText } from '../base/secret-text.ts'
import type { Tool } from '../settings/vocabulary.ts'
import { fieldSettings } from './job.testing.ts'
import { pluginEnv } from './plugin-env.ts'

const ecr = fieldSettings('ecr', {
  connectorRef: 'c',
  region: 'eu-west-1',
  account: '012345678901',
  imageName: 'app',
  tags: ['1', '2'],
  labels: { a: 'b' },
  optimize: true,
  caching: true,
  buildArgs: { A: 'x,y', S: secretText('s') },
  remoteCacheImage: 'app/cache',
})

const cache: Readonly<Record<Tool, Readonly<Record<string, string>>>> = {
  kaniko: { PLUGIN_CACHE_REPO: 'app/cache', PLUGIN_ENABLE_CACHE: 'true' },
  buildx: { PLUGIN_CACHE_FROM: 'type=registry,ref=app/cache', PLUGIN_CACHE_TO: 'type=registry,ref=app/cache,mode=max' },
  docker: { PLUGIN_CACHE_FROM: 'app/cache' },
}

describe.each(['kaniko', 'buildx', 'docker'] as const)('the variables of the %s plugin', (tool) => {
  it('say in its words what the fields say', () => {
    const expected = {
      PLUGIN_REPO: 'app',
      PLUGIN_REGION: 'eu-west-1',
      PLUGIN_REGISTRY: '012345678901.dkr.ecr.eu-west-1.amazonaws.com',
      PLUGIN_CUSTOM_LABELS: 'a=b',
      PLUGIN_SNAPSHOT_MODE: 'redo',
      PLUGIN_MULTIPLE_BUILD_ARGS: 'true',
      [tool === 'kaniko' ? 'PLUGIN_TAGS' : 'PLUGIN_TAG']: '1,2',
      ...cache[tool],
    }
    const { PLUGIN_BUILD_ARGS_NEW: args, ...env } = Object.fromEntries(pluginEnv(ecr, { tool, variant: 'ecr' }))
    expect(env).toEqual(Object.fromEntries(Object.entries(expected).map(([name, text]) => [name, known(text)])))
    expect(args).toEqual(known({ kind: 'secret-text', pieces: ['A=x,y;S=', { secret: 's' }] }))
  })
})
