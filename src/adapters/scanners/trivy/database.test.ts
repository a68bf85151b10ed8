import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { boltFile } from '../../../../test/support/trivy/bolt-file.ts'
import { type Advisory, writeVulnerabilityDb } from '../../../../test/support/trivy/vulnerability-db.ts'
import { boltBuckets } from './bolt-file.ts'
import { trivyDatabase } from './database.ts'
import { unjudgedBy } from './unjudged.ts'

const flaw = (i: number, where: Advisory['in'] = 'npm'): Advisory => ({ id: `CVE-2099-${i}`, severity: 'HIGH', in: where, package: `p${i}`, fixed: '2' })

function made(advisories: readonly Advisory[] = [flaw(1), flaw(2, 'debian 12')], o: { readonly ageDays?: number } = {}): string {
  const { dir } = tempProject()
  writeVulnerabilityDb(dir, advisories, o)
  return dir
}
const look = (dir: string) => trivyDatabase(dir, { maxAgeDays: 30, now: Date.now() })
const codeOf = async (dir: string): Promise<string> => {
  const found = await look(dir)
  return found.ok ? 'good' : `${found.why.code} ${found.why.message}`
}

describe('the database of trivy', () => {
  it('has sources of advisories, and a day', async () => {
    const found = await look(made())
    expect(found).toMatchObject({ ok: true, database: { facts: { version: '2' }, sources: ['debian 12', 'npm::GitHub Security Advisory Npm'] } })
    expect(found.ok && found.database.facts.updatedMs).toBeGreaterThan(Date.now() - 60_000)
  })

  it('is read as far as the names of its buckets, however many there are', async () => {
    const { dir } = tempProject()
    const names = Array.from({ length: 400 }, (_, i) => `source ${String(i).padStart(4, '0')}`)
    writeFileSync(join(dir, 'x'), boltFile(new Map(names.map((name, i) => [name, new Map([['p', Buffer.alloc(i === 7 ? 20_000 : 3)]])]))))
    expect((await boltBuckets(join(dir, 'x'))).map(({ name }) => name)).toEqual(names)
  })

  it.each<[string, (dir: string) => void, RegExp]>([
    ['nothing at all', (dir) => rmSync(join(dir, 'db'), { recursive: true }), /^SCAN_DATABASE_MISSING/],
    ['no metadata', (dir) => rmSync(join(dir, 'db/metadata.json')), /^SCAN_DATABASE_MISSING/],
    ['no file of advisories', (dir) => rmSync(join(dir, 'db/trivy.db')), /^SCAN_DATABASE_MISSING/],
    ['an empty file', (dir) => truncateSync(join(dir, 'db/trivy.db'), 0), /^SCAN_DATABASE_BROKEN .*empty/],
    ['a file that was cut', (dir) => truncateSync(join(dir, 'db/trivy.db'), 5 * 4096 + 100), /^SCAN_DATABASE_BROKEN .*cut/],
    ['another kind of file', (dir) => writeFileSync(join(dir, 'db/trivy.db'), 'x'.repeat(20_000)), /^SCAN_DATABASE_BROKEN .*no database/],
    ['metadata that is no JSON', (dir) => writeFileSync(join(dir, 'db/metadata.json'), 'x'), /^SCAN_DATABASE_BROKEN/],
    ['metadata without a day', (dir) => writeFileSync(join(dir, 'db/metadata.json'), '{"Version": 2}'), /^SCAN_DATABASE_BROKEN/],
    [
      'another version',
      (dir) => writeFileSync(join(dir, 'db/metadata.json'), '{"Version": 1, "UpdatedAt": "2026-01-01T00:00:00Z"}'),
      /^SCAN_DATABASE_BROKEN .*version 1/,
    ],
    [
      'a year that nobody meant',
      (dir) => writeFileSync(join(dir, 'db/metadata.json'), '{"Version": 2, "UpdatedAt": "0001-01-01T00:00:00Z"}'),
      /^SCAN_DATABASE_STALE/,
    ],
  ])('is refused when it is %s', async (_what, change, says) => {
    const dir = made()
    change(dir)
    expect(await codeOf(dir)).toMatch(says)
  })

  it('is refused without a source of advisories, and when it is too old', async () => {
    expect(await codeOf(made([]))).toMatch(/^SCAN_DATABASE_EMPTY/)
    expect(await codeOf(made([flaw(1)], { ageDays: 31 }))).toMatch(/^SCAN_DATABASE_STALE .*30 days/)
    expect(await codeOf(made([flaw(1)], { ageDays: 29 }))).toBe('good')
  })

  it('never makes up anything when its bytes are damaged: it is refused, or says what is there', async () => {
    const dir = made()
    const good = readFileSync(join(dir, 'db/trivy.db'))
    const copy = tempProject().dir
    mkdirSync(join(copy, 'db'))
    copyFileSync(join(dir, 'db/metadata.json'), join(copy, 'db/metadata.json'))
    for (let at = 0; at < good.length; at += 97) {
      const bytes = Buffer.from(good)
      bytes[at] = (bytes[at] ?? 0) ^ 0xff
      writeFileSync(join(copy, 'db/trivy.db'), bytes)
      expect(await codeOf(copy)).toMatch(/^good|^SCAN_DATABASE_(BROKEN|EMPTY)/)
    }
  })
})

it('names packages and systems for which the database has no advisories', () => {
  const database = { facts: { name: 'x' }, sources: ['debian 12', 'npm::x'] }
  const one = (type: 'deb' | 'npm' | 'pypi' | 'generic', name: string) => ({ type, name, version: '1', locations: [{ path: `${name}.record` }] })
  const packages = [one('deb', 'bash'), one('npm', 'lodash'), one('pypi', 'requests'), one('generic', 'x')]
  const on = (id: string, version: string) => unjudgedBy(database, { packages, target: { kind: 'image', name: 'x', distribution: { id, version } } })
  expect(on('debian', '12.4').map(({ what }) => what)).toEqual(['packages of pypi'])
  expect(on('debian', '13.0').map(({ kind, what }) => [kind, what])).toEqual([
    ['distribution', 'packages of debian 13.0'],
    ['packages', 'packages of pypi'],
  ])
  expect(unjudgedBy(database, { packages, target: { kind: 'image', name: 'x' } })[0]).toMatchObject({ kind: 'distribution', count: 1, paths: ['bash.record'] })
})
