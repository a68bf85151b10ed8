import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { known, type Planned } from '../base/planned.ts'
import { joinText, secretText, type Text } from '../base/secret-text.ts'
import { knownNames } from './lookup.ts'
import { mergeEnv, mergeSettings } from './merge.ts'
import { type Env, envFrom, readEnv } from './read-env.ts'
import { anyText } from './samples.testing.ts'
import type { EnvEntry, OriginKind } from './setting.ts'
import { type Family, families } from './vocabulary.ts'

const kaniko: Family = { tool: 'kaniko', variant: 'docker' }
const buildx: Family = { tool: 'buildx', variant: 'docker' }
const at = { file: 'p.yaml', line: 4, col: 9, endLine: 4, endCol: 12 }

function entry(kind: OriginKind, name: string, value: Planned<Text>): EnvEntry {
  return { value, origin: { kind, name, at } }
}

function step(record: Readonly<Record<string, Text>>): Env {
  return new Map(Object.entries(record).map(([name, value]) => [name, entry('step-env', name, known(value))]))
}

describe('aliases', () => {
  it('takes the first name present, even when it is empty or false, and refuses a second that differs', () => {
    const reading = readEnv(step({ PLUGIN_DRY_RUN: 'false', PLUGIN_NO_PUSH: 'true' }), buildx)
    expect(reading.settings.noPush?.value).toEqual(known(false))
    expect(reading.diagnostics).toMatchObject([{ code: 'SETTINGS_CONFLICT', severity: 'error', at, hint: expect.stringContaining('PLUGIN_DRY_RUN') }])
  })

  it('says nothing when two aliases mean the same', () => {
    expect(readEnv(step({ PLUGIN_DRY_RUN: '1', PLUGIN_NO_PUSH: 'true' }), buildx).diagnostics).toEqual([])
  })

  it('takes an empty archive path for an answer', () => {
    const reading = readEnv(step({ PLUGIN_TAR_PATH: '', PLUGIN_DESTINATION_TAR_PATH: 'a.tar' }), kaniko)
    expect(reading.settings.tarPath?.value).toEqual(known(''))
    expect(reading.diagnostics.map((d) => d.code)).toEqual(['SETTINGS_CONFLICT'])
  })

  it('reads the variables of the machine in order, without a quarrel', () => {
    const reading = readEnv(step({ AWS_REGION: 'eu-west-1', PLUGIN_REGION: 'us-west-2' }), { tool: 'docker', variant: 'ecr' })
    expect(reading.settings.region?.value).toEqual(known('us-west-2'))
    expect(reading.diagnostics).toEqual([])
  })

  it('lets the more specific level win between aliases, and says so', () => {
    const env = new Map([
      ['PLUGIN_NO_PUSH', entry('step-env', 'PLUGIN_NO_PUSH', known('true'))],
      ['PLUGIN_DRY_RUN', entry('stage-variable', 'PLUGIN_DRY_RUN', known('false'))],
    ])
    const reading = readEnv(env, buildx)
    expect(reading.settings.noPush?.value).toEqual(known(true))
    expect(reading.diagnostics).toMatchObject([{ code: 'SETTINGS_OVERRIDDEN', severity: 'warning' }])
  })
})

describe('one name, several meanings', () => {
  it.each([
    ['DOCKER_PASSWORD', { tool: 'docker', variant: 'docker' }, 'password'],
    ['DOCKER_PASSWORD', { tool: 'buildx', variant: 'ecr' }, 'password'],
    ['DOCKER_PASSWORD', { tool: 'kaniko', variant: 'docker' }, 'basePassword'],
    ['PLUGIN_USERNAME', { tool: 'kaniko', variant: 'docker' }, 'username'],
    ['PLUGIN_USERNAME', { tool: 'kaniko', variant: 'ecr' }, 'baseUsername'],
    ['PLUGIN_USERNAME', { tool: 'kaniko', variant: 'gar' }, 'username'],
    ['DOCKER_REGISTRY', { tool: 'kaniko', variant: 'gcr' }, 'baseRegistry'],
    ['DOCKER_REGISTRY', { tool: 'docker', variant: 'gcr' }, 'registry'],
    ['PLUGIN_DOCKER_REGISTRY', { tool: 'docker', variant: 'docker' }, 'baseRegistry'],
    ['PLUGIN_SKIP_TLS_VERIFY', { tool: 'kaniko', variant: 'gcr' }, 'skipTlsVerify'],
    ['PLUGIN_TAR_PATH', { tool: 'docker', variant: 'gcr' }, 'tarPath'],
  ] as const)('%s in %j is %s', (name, family, key) => {
    expect(Object.keys(readEnv(step({ [name]: 'true' }), family).settings)).toEqual([key])
  })

  it('does not take a name that any program might use for its own ends from another registry type', () => {
    expect(readEnv(step({ TOKEN: 'x', CLIENT_ID: 'y' }), buildx).settings).toEqual({})
  })

  it('looks at the base registry in the order of each program', () => {
    const both = step({ PLUGIN_BASE_IMAGE_REGISTRY: 'b', DOCKER_REGISTRY: 'd' })
    expect(readEnv(both, { tool: 'kaniko', variant: 'ecr' }).settings.baseRegistry?.value).toEqual(known('d'))
    expect(readEnv(both, { tool: 'kaniko', variant: 'gcr' }).settings.baseRegistry?.value).toEqual(known('b'))
  })
})

describe('flags', () => {
  it.each([
    ['true', true],
    ['1', true],
    ['t', true],
    ['T', true],
    ['TRUE', true],
    ['True', true],
    ['false', false],
    ['0', false],
    ['f', false],
    ['F', false],
    ['FALSE', false],
    ['False', false],
    ['', false],
  ])('%j is %s', (text, value) => {
    expect(readEnv(step({ PLUGIN_NO_PUSH: text }), kaniko).settings.noPush?.value).toEqual(known(value))
  })

  it.each(['yes', 'no', 'on', 'off', 'tRue', '2', 'constructor', '__proto__'])('%j is refused with the accepted words', (text) => {
    const reading = readEnv(step({ PLUGIN_NO_PUSH: text }), kaniko)
    expect(reading.settings.noPush).toBeUndefined()
    expect(reading.diagnostics).toMatchObject([{ code: 'SETTINGS_NOT_A_FLAG', at, hint: expect.stringContaining('true, t, 1') }])
  })

  it('cannot be a secret', () => {
    expect(readEnv(step({ PLUGIN_NO_PUSH: secretText('x') }), kaniko).diagnostics).toMatchObject([{ code: 'SETTINGS_SECRET_NOT_ALLOWED', at }])
  })

  it('keeps "not said" apart from "false" where the engine has its own default', () => {
    expect(readEnv(step({}), kaniko).settings.compressedCaching).toBeUndefined()
    expect(readEnv(step({ PLUGIN_COMPRESSED_CACHING: 'false' }), kaniko).settings.compressedCaching?.value).toEqual(known(false))
  })
})

describe('lists', () => {
  it.each([
    ['PLUGIN_TAGS', '1.2, latest ,', ['1.2', 'latest']],
    ['PLUGIN_TAGS', '', []],
    ['PLUGIN_TAGS', '["a,b","c"]', ['a,b', 'c']],
    ['PLUGIN_CACHE_TO', 'type=local,dest=/a;type=inline;', ['type=local,dest=/a', 'type=inline']],
    ['PLUGIN_CACHE_FROM', 'r/a:1,r/b:2', ['r/a:1', 'r/b:2']],
    ['PLUGIN_CACHE_FROM', 'type=registry,ref=r/a', ['type=registry,ref=r/a']],
    ['PLUGIN_IGNORE_PATH', '/a,/b', ['/a', '/b']],
    ['PLUGIN_SKIP_TLS_VERIFY_REGISTRY', 'a.b, c.d', ['a.b', 'c.d']],
    ['PLUGIN_SKIP_TLS_VERIFY_REGISTRY', 'false', []],
    ['PLUGIN_CUSTOM_LABELS', 'a=b,c', [{ name: 'a', value: 'b' }, { name: 'c' }]],
  ])('%s=%s is %j', (name, text, value) => {
    for (const family of families) {
      const { settings } = readEnv(step({ [name]: text }), family)
      expect(Object.values(settings).map((s) => s?.value)).toEqual([known(value)])
    }
  })

  it('keeps a secret whole inside a list', () => {
    const text = joinText('A=1, B=', secretText('pw'), ',C=x')
    expect(readEnv(step({ PLUGIN_BUILD_ARGS: text }), kaniko).settings.buildArgs?.value).toEqual(
      known([
        { name: 'A', value: '1' },
        { name: 'B', value: secretText('pw') },
        { name: 'C', value: 'x' },
      ]),
    )
  })

  it('refuses a pair without a name', () => {
    expect(readEnv(step({ PLUGIN_SECRETS_FROM_ENV: '=x' }), buildx).diagnostics).toMatchObject([{ code: 'SETTINGS_BAD_PAIR', at }])
    expect(readEnv(step({ PLUGIN_BUILD_ARGS: secretText('x') }), buildx).diagnostics).toMatchObject([{ code: 'SETTINGS_BAD_PAIR', at }])
  })
})

describe('numbers and unknown names', () => {
  it('refuses what is not a whole number, and takes an empty one for silence', () => {
    expect(readEnv(step({ PLUGIN_PUSH_RETRY: 'two' }), kaniko).diagnostics).toMatchObject([{ code: 'SETTINGS_NOT_A_NUMBER', at }])
    expect(readEnv(step({ PLUGIN_PUSH_RETRY: '' }), kaniko)).toMatchObject({ settings: {}, diagnostics: [] })
  })

  it('warns of an unknown PLUGIN_ name with the nearest one, and fails in strict mode', () => {
    const garbage = readEnv(step({ PLUGIN_GARBAGE: 'yoyo' }), kaniko)
    expect(garbage).toMatchObject({ ignored: ['PLUGIN_GARBAGE'], diagnostics: [{ code: 'SETTINGS_UNKNOWN_VARIABLE', severity: 'warning', at }] })
    expect(readEnv(step({ PLUGIN_TAR_PAHT: 'x' }), kaniko).diagnostics[0]?.hint).toBe('did you mean "PLUGIN_TAR_PATH"?')
    expect(readEnv(step({ PLUGIN_GARBAGE: 'yoyo' }), kaniko, { strict: true }).diagnostics[0]?.severity).toBe('error')
  })

  it('ignores other names in silence', () => {
    expect(readEnv(envFrom({ PATH: '/bin', HOME: '/root' }, 'environment'), kaniko)).toEqual({ settings: {}, diagnostics: [], ignored: [] })
  })

  it('keeps what is not known yet', () => {
    const deferred = { kind: 'deferred', source: '<+steps.a.output.outputVariables.b>', until: 'step a' } as const
    const reading = readEnv(new Map([['PLUGIN_NO_PUSH', entry('step-env', 'PLUGIN_NO_PUSH', deferred)]]), kaniko)
    expect(reading.settings.noPush?.value).toEqual(deferred)
  })
})

describe('precedence', () => {
  const order: readonly OriginKind[] = ['step-env', 'yaml', 'step-output', 'stage-variable', 'pipeline-variable', 'environment', 'file']

  it.each(order.slice(1).map((loser, i) => [order[i] ?? 'yaml', loser] as const))('%s wins over %s, in either order', (winner, loser) => {
    const high = readEnv(new Map([['PLUGIN_REPO', entry(winner, 'PLUGIN_REPO', known('high'))]]), kaniko).settings
    const low = readEnv(new Map([['PLUGIN_REPO', entry(loser, 'PLUGIN_REPO', known('low'))]]), kaniko).settings
    for (const merged of [mergeSettings(high, low), mergeSettings(low, high)]) {
      expect(merged.value.repo?.value).toEqual(known('high'))
      expect(merged.diagnostics).toMatchObject([{ code: 'SETTINGS_OVERRIDDEN', at }])
    }
  })

  it('is the same for whole environments', () => {
    const merged = mergeEnv(envFrom({ PLUGIN_REPO: 'stage' }, 'stage-variable'), envFrom({ PLUGIN_REPO: 'step' }, 'step-env'))
    expect(merged.value.get('PLUGIN_REPO')?.value).toEqual(known('step'))
    expect(merged.diagnostics).toHaveLength(1)
  })
})

it('never throws, whatever the environment', () => {
  const name = fc.oneof(fc.constantFrom(...knownNames), fc.string(), fc.constantFrom('__proto__', 'PLUGIN_', 'constructor'))
  const env = fc.array(fc.tuple(name, anyText), { maxLength: 40 })
  fc.assert(
    fc.property(env, fc.constantFrom(...families), (entries, family) => {
      readEnv(new Map(entries.map(([n, value]) => [n, entry('step-env', n, known(value))])), family)
    }),
    { numRuns: 500 },
  )
})
