import { describe, expect, it } from 'vitest'
import { osvAdvisory } from '../../../test/support/osv-mirror.ts'
import type { ScannedPackage } from '../package.ts'
import { compareDebian } from '../versions/debian.ts'
import { compareSemantic } from '../versions/semantic.ts'
import { affects } from './affects.ts'
import { compile } from './compile.ts'
import { cvss2Score } from './cvss2.ts'
import { cvss3Score } from './cvss3.ts'
import { cvss4Score } from './cvss4.ts'
import { ecosystemsOf } from './ecosystems.ts'
import { type AdvisoryLookup, matchPackages, type StoredRule } from './match.ts'
import { type OsvEvent, readOsvRecord } from './record.ts'

const range = (...events: readonly OsvEvent[]) => ({ ranges: [events], versions: [] })
const of = (rule: Parameters<typeof affects>[0]) => (version: string) => {
  const verdict = affects(rule, version, compareSemantic)
  return verdict.kind === 'affected' ? `affected${verdict.fixed === undefined ? '' : `, fixed in ${verdict.fixed}`}` : verdict.kind
}

describe('a range of events', () => {
  it('begins with introduced and ends before fixed, whatever order they are written in', () => {
    const judge = of(range({ fixed: '2.1.0' }, { introduced: '2.0.0' }, { fixed: '1.3.0' }, { introduced: '1.0.0' }))
    expect(['0.9.0', '1.0.0', '1.2.9', '1.3.0', '2.0.0', '2.1.0'].map(judge)).toEqual([
      'sound',
      'affected, fixed in 1.3.0',
      'affected, fixed in 1.3.0',
      'sound',
      'affected, fixed in 2.1.0',
      'sound',
    ])
  })

  it('holds the last affected version itself, and nothing from a limit on', () => {
    expect(['0.0.1', '1.0.0', '1.0.1'].map(of(range({ introduced: '0' }, { last_affected: '1.0.0' })))).toEqual(['affected', 'affected', 'sound'])
    expect(['1.0.0', '3.0.0'].map(of(range({ introduced: '0' }, { limit: '2.0.0' })))).toEqual(['affected', 'sound'])
  })

  it('ends where GitHub says that the last known one is, when nobody has fixed it', () => {
    const judge = of({ ...range({ introduced: '0' }), lastKnown: '<= 1.2.3' })
    expect(['1.2.3', '1.2.4'].map(judge)).toEqual(['affected', 'sound'])
  })

  it('takes "0" for the beginning, also of versions before it', () => {
    expect(affects(range({ introduced: '0' }, { fixed: '1.0' }), '0~beta1', compareDebian)).toEqual({ kind: 'affected', fixed: '1.0' })
  })

  it('is not needed where versions are listed, and leaves open what has no order', () => {
    expect(['1.0.0', '1.0.1'].map(of({ ranges: [], versions: ['1.0.0'] }))).toEqual(['affected', 'sound'])
    expect(of(range({ introduced: '0' }, { fixed: '1.0.0' }))('not a version')).toBe('unclear')
  })
})

describe('an advisory', () => {
  const compiled = (value: Record<string, unknown>) => {
    const record = readOsvRecord(value)
    if (record === undefined) throw new Error('it is one')
    return compile(record)
  }
  const ghsa = { id: 'GHSA-p6mc-m468-83gw', ecosystem: 'npm', package: 'lodash', fixed: '4.17.19', severity: 'high' } as const

  it('is named by its CVE, with its other names beside it', () => {
    expect(compiled(osvAdvisory({ ...ghsa, more: { aliases: ['CVE-2020-8203'] } })).text.names).toEqual([
      { id: 'CVE-2020-8203', aliases: ['GHSA-p6mc-m468-83gw'] },
    ])
    expect(compiled(osvAdvisory(ghsa)).text.names).toEqual([{ id: 'GHSA-p6mc-m468-83gw', aliases: [] }])
  })

  it('of a distribution is named by each of the CVEs that it is about', () => {
    const dsa = { id: 'DSA-5532-1', ecosystem: 'Debian:12', package: 'openssl', fixed: '3.0.11-1~deb12u2' }
    const names = (more: Record<string, unknown>) => compiled(osvAdvisory({ ...dsa, more })).text.names.map(({ id }) => id)
    expect(names({ upstream: ['CVE-2023-5363', 'CVE-2023-5678'] })).toEqual(['CVE-2023-5363', 'CVE-2023-5678'])
    expect(names({ upstream: [], related: ['CVE-2023-5363'] })).toEqual(['CVE-2023-5363'])
  })

  it('that was withdrawn has no rules, and one about other ecosystems says which', () => {
    expect(compiled(osvAdvisory({ ...ghsa, more: { withdrawn: '2024-01-01T00:00:00Z' } })).rules).toEqual([])
    expect(compiled(osvAdvisory({ ...ghsa, ecosystem: 'crates.io' }))).toMatchObject({ rules: [], passedOver: ['crates.io'] })
  })

  it('is rated by its publisher, else by its vector', () => {
    const rated = (one: Parameters<typeof osvAdvisory>[0]) => compiled(osvAdvisory(one)).rules[0]?.rule.severity
    const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
    expect(rated({ ...ghsa, severity: 'MODERATE' })).toBe('medium')
    expect(rated({ ...ghsa, severity: vector })).toBe('critical')
    expect(rated({ id: 'CVE-1999-1', ecosystem: 'Debian:12', package: 'a', severity: 'unimportant' })).toBe('low')
    const unrated = { severity: [{ type: 'CVSS_V3', score: vector }] }
    expect(rated({ id: 'CVE-1999-1', ecosystem: 'Debian:12', package: 'a', severity: 'not yet assigned', more: unrated })).toBe('critical')
    expect(rated({ id: 'CVE-1999-1', ecosystem: 'Debian:12', package: 'a' })).toBe('unknown')
    // Version 2 knows no critical flaws.
    const old = (score: string) => ({ id: 'GHSA-1', ecosystem: 'npm', package: 'a', more: { severity: [{ type: 'CVSS_V2', score }] } })
    expect([rated(old('AV:N/AC:L/Au:N/C:C/I:C/A:C')), rated(old('AV:N/AC:M/Au:N/C:N/I:P/A:N')), rated(old('AV:N'))]).toEqual(['high', 'medium', 'unknown'])
  })

  it('is refused when it is none, and read as far as it makes sense when its members are of the wrong kind', () => {
    for (const value of [null, [], 'x', {}, { id: 1 }, { id: 'A', modified: 'never' }]) expect(readOsvRecord(value)).toBeUndefined()
    const odd = {
      id: 'A',
      modified: '2024-01-01T00:00:00Z',
      aliases: 'x',
      affected: [null, { package: 'y' }, { package: { ecosystem: 'npm', name: 'z' }, ranges: [{ events: 7 }], versions: [1, '2'] }],
    }
    expect(readOsvRecord(odd)).toMatchObject({ id: 'A', aliases: [], affected: [{ ecosystem: 'npm', name: 'z', ranges: [[]], versions: ['2'] }] })
  })
})

it.each([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', 9.8],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', 10],
  ['CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:H/A:H', 7.4],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', 6.1],
  ['CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H', 7.8],
  ['CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N', 1.6],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', 0],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N', undefined],
  ['CVSS:3.1/AV:__proto__/AC:L', undefined],
])('scores %s as %s', (vector, score) => {
  expect(cvss3Score(vector)).toBe(score)
})

it.each([
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H', 10],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', 9.3],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N', 6.9],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N', 0],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H', undefined],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', undefined],
])('scores %s as %s', (vector, score) => {
  expect(cvss4Score(vector)).toBe(score)
})

it('finds the names under which a distribution has its advisories', () => {
  const names = (id: string, version?: string) => ecosystemsOf('deb', { id, ...(version !== undefined && { version }) })
  expect([names('debian', '12'), names('debian', '12.5'), names('ubuntu', '22.04')]).toEqual([
    ['Debian:12'],
    ['Debian:12'],
    ['Ubuntu:22.04:LTS', 'Ubuntu:22.04'],
  ])
  expect([names('alpine', '3.20.1'), names('wolfi', '20230201'), names('kali', '2024'), names('constructor')]).toEqual([['Alpine:v3.20'], ['Wolfi'], [], []])
})

it('compares packages of systems by their source, and says which it could not compare', () => {
  const rule: StoredRule = { advisory: 0, severity: 'high', ...range({ introduced: '0' }, { fixed: '1.2.13-2' }) }
  const lookup: AdvisoryLookup = {
    has: (ecosystem) => ecosystem === 'Debian:12',
    rules: (_, name) => (name === 'zlib' ? [rule] : []),
    text: () => ({ names: [{ id: 'CVE-2023-1', aliases: [] }], references: [] }),
  }
  const locations = [{ path: 'var/lib/dpkg/status' }]
  const packages: readonly ScannedPackage[] = [
    { type: 'deb', name: 'zlib1g', version: '1.2.13-1+b2', source: { name: 'zlib', version: '1.2.13-1' }, locations },
    { type: 'deb', name: 'zlib-odd', version: 'a b', source: { name: 'zlib', version: 'a b' }, locations },
    { type: 'npm', name: 'zlib', version: '1.0.0', locations },
  ]
  const { findings, unjudged, judged } = matchPackages(packages, { id: 'debian', version: '12' }, lookup)
  expect(findings.map(({ id, package: { name }, fixedVersion }) => [id, name, fixedVersion])).toEqual([['CVE-2023-1', 'zlib1g', '1.2.13-2']])
  expect(unjudged.map(({ what, reason }) => [what, reason])).toEqual([
    ['packages of npm', 'the database has no advisories for npm'],
    ['packages with unusual versions', 'their versions have no order: zlib-odd a b'],
  ])
  expect(judged).toBe(2)
})

it.each([
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', 10],
  ['(AV:N/AC:L/Au:N/C:P/I:P/A:P)', 7.5],
  ['CVSS:2.0/AV:N/AC:M/Au:N/C:N/I:P/A:N', 4.3],
  ['AV:L/AC:H/Au:N/C:C/I:C/A:C', 6.2],
  ['AV:N/AC:L/Au:N/C:N/I:N/A:N', 0],
  ['AV:N/AC:L/Au:N/C:P/I:P', undefined],
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', undefined],
  ['AV:__proto__/AC:constructor', undefined],
])('scores %s of version 2 as %s', (vector, score) => {
  expect(cvss2Score(vector)).toBe(score)
})
