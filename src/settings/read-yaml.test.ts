import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { known } from '../base/planned.ts'
import { secretText } from '../base/secret-text.ts'
import { envValue } from './env-value.ts'
import { readYaml, type YamlFields } from './read-yaml.ts'
import { type StepType, stepTypes } from './vocabulary.ts'
import type { YamlValue } from './yaml-value.ts'

const at = { file: 'p.yaml', line: 7, col: 3, endLine: 7, endCol: 9 }
const allTypes = Object.keys(stepTypes) as StepType[]

function fields(record: Readonly<Record<string, YamlValue>>): YamlFields {
  return new Map(Object.entries(record).map(([name, value]) => [name, { value: known(value), at }]))
}

const minimal: Readonly<Record<StepType, Readonly<Record<string, YamlValue>>>> = {
  BuildAndPushDockerRegistry: { connectorRef: 'c', repo: 'a/b', tags: ['1'] },
  BuildAndPushECR: { connectorRef: 'c', region: 'us-east-1', account: '012345678901', imageName: 'b', tags: ['1'] },
  BuildAndPushGAR: { connectorRef: 'c', host: 'us-docker.pkg.dev', projectID: 'p', imageName: 'r/b', tags: ['1'] },
  BuildAndPushGCR: { connectorRef: 'c', host: 'gcr.io', projectID: 'p', imageName: 'b', tags: ['1'] },
  BuildAndPushACR: { connectorRef: 'c', repository: 'r.azurecr.io/b', tags: ['1'] },
}

describe.each(allTypes)('%s', (type) => {
  it('reads its smallest form', () => {
    const reading = readYaml(type, fields(minimal[type]), { at })
    expect(reading.diagnostics).toEqual([])
    expect(reading.settings.tags?.value).toEqual(known(['1']))
    expect(reading.settings.repo?.origin).toMatchObject({ kind: 'yaml', at })
  })

  it('asks for each required field by name', () => {
    for (const name of Object.keys(minimal[type])) {
      const { [name]: _, ...rest } = minimal[type]
      const reading = readYaml(type, fields(rest), { at })
      expect(reading.diagnostics).toMatchObject([{ code: 'SETTINGS_REQUIRED', at, hint: expect.any(String), message: expect.stringContaining(name) }])
    }
  })

  it('takes the shared fields', () => {
    const more: Record<string, YamlValue> = {
      dockerfile: 'D',
      context: 'ctx',
      target: 't',
      buildArgs: { A: 1, B: secretText('s') },
      labels: { l: 'v' },
      envDockerSecrets: { ID: 'NAME' },
      fileDockerSecrets: { id: '/p' },
      caching: true,
      cacheFrom: ['r/a'],
      cacheTo: 'type=inline',
      optimize: true,
      remoteCacheImage: 'r/c',
      platforms: ['linux/amd64'],
    }
    const { settings, diagnostics } = readYaml(type, fields({ ...minimal[type], ...more }))
    expect(diagnostics).toEqual([])
    expect(settings.buildArgs?.value).toEqual(
      known([
        { name: 'A', value: '1' },
        { name: 'B', value: secretText('s') },
      ]),
    )
    expect(settings.snapshotMode?.value).toEqual(known('redo'))
    expect(settings.cacheRepo?.value).toEqual(known('r/c'))
    expect(settings.cacheTo?.value).toEqual(known(['type=inline']))
  })

  it('takes either name of the remote cache, not both', () => {
    expect(readYaml(type, fields({ ...minimal[type], remoteCacheRepo: 'r/c' })).settings.cacheRepo?.value).toEqual(known('r/c'))
    const both = readYaml(type, fields({ ...minimal[type], remoteCacheRepo: 'r/c', remoteCacheImage: 'r/c' }))
    expect(both.diagnostics).toMatchObject([{ code: 'SETTINGS_TWICE', severity: 'error', at }])
  })
})

describe('values', () => {
  const docker = (extra: Readonly<Record<string, YamlValue>>) =>
    readYaml('BuildAndPushDockerRegistry', fields({ ...minimal.BuildAndPushDockerRegistry, ...extra }))

  it.each([
    ['repo', ['a'], 'SETTINGS_NOT_TEXT'],
    ['caching', 'yes', 'SETTINGS_NOT_A_FLAG'],
    ['optimize', 'yes', 'SETTINGS_NOT_A_FLAG'],
    ['tags', { a: 'b' }, 'SETTINGS_NOT_A_LIST'],
    ['tags', [['a']], 'SETTINGS_NOT_A_LIST'],
    ['labels', { a: ['b'] }, 'SETTINGS_NOT_A_MAP'],
    ['labels', { 'a=b': 'c' }, 'SETTINGS_BAD_PAIR'],
    ['labels', 'a=b', 'SETTINGS_NOT_A_MAP'],
    ['labels', true, 'SETTINGS_NOT_A_MAP'],
    ['labels', secretText('s'), 'SETTINGS_NOT_A_MAP'],
    ['buildArgs', 'a=b', 'SETTINGS_NOT_A_MAP'],
    ['buildArgs', ['a'], 'SETTINGS_BAD_PAIR'],
    ['buildArgs', [['a']], 'SETTINGS_NOT_A_MAP'],
    ['envDockerSecrets', 'ID=NAME', 'SETTINGS_NOT_A_MAP'],
    ['dockerFile', 'x', 'SETTINGS_UNKNOWN_FIELD'],
  ] as const)('%s: %j is %s', (name, value, code) => {
    expect(docker({ [name]: value }).diagnostics).toMatchObject([{ code, at }])
  })

  it.each([
    ['labels', 'customLabels'],
    ['buildArgs', 'buildArgs'],
  ] as const)('takes %s written as a list, with a remark', (name, key) => {
    const { settings, diagnostics } = docker({ [name]: ['A=1', 'B=x=y'] })
    expect(diagnostics).toMatchObject([{ code: 'SETTINGS_LIST_FOR_MAP', severity: 'warning', at, message: expect.stringContaining(name) }])
    expect(settings[key]?.value).toEqual(
      known([
        { name: 'A', value: '1' },
        { name: 'B', value: 'x=y' },
      ]),
    )
  })

  it('takes an empty text for an empty map', () => {
    const { settings, diagnostics } = docker({ labels: '' })
    expect([settings.customLabels, diagnostics]).toEqual([undefined, []])
  })

  it('takes a list of SSH keys, where a name alone means the agent', () => {
    const { settings, diagnostics } = docker({ sshKeys: ['default', 'other=/k'] })
    expect(diagnostics).toEqual([])
    expect(settings.sshKeys?.value).toEqual(known([{ name: 'default' }, { name: 'other', value: '/k' }]))
  })

  it('suggests the field that was meant', () => {
    expect(docker({ dockerFile: 'x' }).diagnostics[0]?.hint).toBe('did you mean "dockerfile"?')
  })

  it('takes a list written as one text', () => {
    expect(docker({ tags: 'a, b' }).settings.tags?.value).toEqual(known(['a', 'b']))
  })

  it('keeps items of a list whole', () => {
    expect(docker({ tags: ['a, b'] }).settings.tags?.value).toEqual(known(['a, b']))
  })

  it('moves build arguments with commas to the list that can hold them', () => {
    const { settings } = docker({ buildArgs: { A: 'x,y' } })
    expect(settings.buildArgs).toBeUndefined()
    expect(settings.buildArgsNew?.value).toEqual(known([{ name: 'A', value: 'x,y' }]))
    expect(settings.multipleBuildArgs?.value).toEqual(known(true))
  })

  it('remarks on an account id written as a number', () => {
    const reading = readYaml('BuildAndPushECR', fields({ ...minimal.BuildAndPushECR, account: 12345678901 }))
    expect(reading.diagnostics).toMatchObject([{ code: 'SETTINGS_NUMBER_FOR_TEXT', at }])
    expect(reading.settings.account?.value).toEqual(known('12345678901'))
  })

  it('keeps a field that is not known yet', () => {
    const deferred = { kind: 'deferred', source: '<+steps.a.output.outputVariables.t>', until: 'a' } as const
    const reading = readYaml('BuildAndPushDockerRegistry', new Map([...fields(minimal.BuildAndPushDockerRegistry), ['tags', { value: deferred, at }]]))
    expect(reading.settings.tags?.value).toEqual(deferred)
    expect(reading.diagnostics).toEqual([])
  })

  it('never throws', () => {
    const value = fc.jsonValue() as fc.Arbitrary<YamlValue>
    fc.assert(
      fc.property(
        fc.constantFrom(...allTypes),
        fc.dictionary(fc.oneof(fc.constantFrom('tags', 'repo', 'labels', 'optimize', 'caching', 'cacheFrom'), fc.string()), value),
        (type, record) => {
          readYaml(type, fields(record))
        },
      ),
    )
  })
})

describe('a member of envVariables', () => {
  it('becomes text, with a remark when it was not', () => {
    expect(envValue('PLUGIN_X', true, at)).toMatchObject({ text: 'true', diagnostics: [{ code: 'SETTINGS_VALUE_COERCED', at }] })
    expect(envValue('PLUGIN_X', 'true')).toEqual({ text: 'true', diagnostics: [] })
    expect(envValue('PLUGIN_X', ['a'])).toMatchObject({ diagnostics: [{ code: 'SETTINGS_NOT_TEXT' }] })
  })
})
