import { expect, it } from 'vitest'
import type { Finding } from './finding.ts'
import { gatherFindings, gatherPackages } from './gather.ts'
import type { ScannedPackage } from './package.ts'
import { readSeverity } from './severity.ts'

const lodash = (path: string, version = '4.17.15'): ScannedPackage => ({ type: 'npm', name: 'lodash', version, locations: [{ path, layer: 'sha256:1' }] })
const flaw = (one: ScannedPackage, more: Partial<Finding> = {}): Finding => ({
  id: 'CVE-2020-8203',
  aliases: [],
  severity: 'high',
  references: [],
  package: one,
  ...more,
})

it('names a package once, with all its places', () => {
  const found = gatherPackages([lodash('b/package.json'), lodash('a/package.json'), lodash('a/package.json'), lodash('c/package.json', '4.17.21')])
  expect(found.map(({ version, locations }) => [version, locations.map(({ path }) => path)])).toEqual([
    ['4.17.15', ['a/package.json', 'b/package.json']],
    ['4.17.21', ['c/package.json']],
  ])
})

it('names a flaw of a package once, the worst first, with the places and names that any source knew', () => {
  const found = gatherFindings([
    flaw(lodash('b'), { id: 'CVE-2', severity: 'low' }),
    flaw(lodash('b'), { severity: 'medium', aliases: ['GHSA-1'], references: ['https://one.example'] }),
    flaw(lodash('a'), { aliases: ['GHSA-2', 'GHSA-1'], references: ['https://two.example', 'https://one.example'], fixedVersion: '4.17.19' }),
    flaw(lodash('c', '4.17.16')),
  ])
  expect(found.map(({ id, severity, package: { version } }) => [id, severity, version])).toEqual([
    ['CVE-2020-8203', 'high', '4.17.15'],
    ['CVE-2020-8203', 'high', '4.17.16'],
    ['CVE-2', 'low', '4.17.15'],
  ])
  expect(found[0]).toMatchObject({ aliases: ['GHSA-1', 'GHSA-2'], references: ['https://one.example', 'https://two.example'], fixedVersion: '4.17.19' })
  expect(found[0]?.package.locations.map(({ path }) => path)).toEqual(['a', 'b'])
})

it('reads the words of all sources, and calls unknown what rates nothing', () => {
  const words = ['CRITICAL', 'Important', 'MODERATE', 'medium**', 'unimportant', 'none', 'not yet assigned', 'constructor', '']
  expect(words.map(readSeverity)).toEqual(['critical', 'high', 'medium', 'medium', 'low', 'info', 'unknown', 'unknown', 'unknown'])
})
