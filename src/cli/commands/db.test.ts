import { deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { mirrorFiles, osvAdvisory } from '../../../test/support/osv-mirror.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { testWorld } from '../../../test/support/test-world.ts'
import { writeTar } from '../../tar/write-tar.ts'

const modified = '2024-05-06T07:08:09Z'
const lodash = { id: 'GHSA-p6mc-m468-83gw', ecosystem: 'npm', package: 'lodash', fixed: '4.17.19', severity: 'high', modified } as const
const openssl = { id: 'CVE-2023-1001', ecosystem: 'Debian:12', package: 'openssl', fixed: '3.0.11-1~deb12u2', modified } as const
const crate = { id: 'RUSTSEC-2020-0001', ecosystem: 'crates.io', package: 'x', modified } as const

/** As zip programs write it; with `zip64` as they write archives of more than 65535 files. */
function zip(files: Readonly<Record<string, string>>, o: { readonly stored?: boolean; readonly zip64?: boolean } = {}): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text)
    const packed = o.stored === true ? content : deflateRawSync(content)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(o.stored === true ? 0 : 8, 4)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(content.length, 18)
    facts.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, rest, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt32LE(o.zip64 === true ? 0xffffffff : directory.length, 12)
  end.writeUInt32LE(o.zip64 === true ? 0xffffffff : offset, 16)
  if (o.zip64 !== true) return Buffer.concat([...locals, directory, end])
  const end64 = Buffer.alloc(56)
  end64.write('PK\x06\x06', 0, 'latin1')
  end64.writeBigUInt64LE(BigInt(directory.length), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.write('PK\x06\x07', 0, 'latin1')
  locator.writeBigUInt64LE(BigInt(offset + directory.length), 8)
  return Buffer.concat([...locals, directory, end64, locator, end])
}

async function tar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const common = { mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }
  const items = Object.entries(files).map(([path, text]) => ({
    entry: { kind: 'file', path, size: Buffer.byteLength(text), ...common } as const,
    body: Buffer.from(text),
  }))
  return Buffer.concat(await writeTar(items, { signal: AbortSignal.timeout(60_000) }).toArray())
}

describe('slipway db', () => {
  const texts = { 'a.json': JSON.stringify(osvAdvisory(lodash)), 'b/c.json': JSON.stringify(osvAdvisory(openssl)), 'readme.txt': 'hello' }

  it('imports folders and archives of every form, and says what is in them', async () => {
    const project = tempProject({
      ...mirrorFiles('folder', [lodash, openssl, crate]),
      'all.zip': zip(texts),
      'stored.zip': zip(texts, { stored: true }),
      'large.zip': zip(texts, { zip64: true }),
    })
    project.write({
      'all.tar': await tar(texts),
      'all.tar.gz': gzipSync(await tar(texts)),
      'list.json': JSON.stringify([osvAdvisory(lodash), osvAdvisory(openssl)]),
    })
    const world = testWorld({ home: project.path('home'), cwd: project.dir })
    for (const source of ['folder', 'all.zip', 'stored.zip', 'large.zip', 'all.tar', 'all.tar.gz', 'list.json']) {
      const { code, out, err } = await world.run('db', 'import', source, '--json')
      expect([source, code, err]).toEqual([source, 0, ''])
      expect(JSON.parse(out)).toMatchObject({ advisories: 2, ecosystems: { 'Debian:12': 1, npm: 1 }, sources: [{ newest: new Date(modified).toISOString() }] })
    }
    const { out } = await world.run('db', 'import', 'folder', 'all.zip')
    expect(out).toMatch(/advisories\.db: 2 advisories, imported /)
    expect(out).toMatch(/from .*folder: 3, the newest of 2024-05-06\n {2}from .*all\.zip: 0/)
    expect(out).toMatch(/not judged, left out: crates\.io \(1\)/)
    expect((await world.run('db')).out).toBe(out)
  })

  it('refuses what it cannot read as a whole, and keeps the database it had', async () => {
    const project = tempProject({
      ...mirrorFiles('good', [lodash]),
      'bad/a.json': '{"id":',
      'other/a.json': '{"name":"x"}',
      'none/readme': '',
      ...mirrorFiles('crates', [crate]),
    })
    const whole = zip(texts)
    project.write({
      'cut.zip': whole.subarray(0, whole.length - 30),
      'hole.zip': Buffer.concat([whole.subarray(0, 60), Buffer.alloc(40), whole.subarray(100)]),
      'text.tar': 'no tar at all '.repeat(100),
    })
    const world = testWorld({ home: project.path('home'), cwd: project.dir })
    expect((await world.run('db')).err).toContain('SCAN_DATABASE_MISSING')
    await world.run('db', 'import', 'good')
    const before = (await world.run('db')).out
    for (const source of ['bad', 'other', 'none', 'crates', 'cut.zip', 'hole.zip', 'text.tar', 'nowhere']) {
      const { code, err } = await world.run('db', 'import', source)
      expect([source, code, err.includes('SCAN_IMPORT_REFUSED') ? 'refused' : err]).toEqual([source, 1, 'refused'])
    }
    expect((await world.run('db')).out).toBe(before)
  })
})
