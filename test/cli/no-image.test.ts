/** Files that are no image: each command that reads images says what is wrong with them, with a code, and never that nothing was found. */
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../src/media/write-archive.ts'
import { writeTar } from '../../src/tar/write-tar.ts'
import { madeImage } from '../support/made-image.ts'
import { osvDatabase } from '../support/osv-mirror.ts'
import { slipwayHere } from '../support/slipway-here.ts'
import { type TempProject, tempProject } from '../support/temp-project.ts'

const signal = new AbortController().signal
const env = (project: TempProject) => ({ SLIPWAY_HOME: project.path('home'), PATH: process.env['PATH'] ?? '' })

/** The smallest zip archive: it has no files. */
const zip = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)])

describe('what is no image', () => {
  let project: TempProject
  let database: string
  beforeAll(async () => {
    project = tempProject({ 'text.tar': 'hello\n'.repeat(1000), 'json.tar': '{"a": 1}', 'broken.json': '{"a": ', 'program.exe': 'MZ' })
    const at = (name: string) => project.path(name)
    writeFileSync(at('empty.tar'), '')
    writeFileSync(at('zeros.tar'), Buffer.alloc(10_240))
    writeFileSync(at('archive.zip'), zip)
    copyFileSync(process.execPath, at('elf'))
    truncateSync(at('elf'), 1_000_000)
    writeFileSync(at('junk.tar.gz'), Buffer.concat([gzipSync('x'.repeat(5000)).subarray(0, 20), Buffer.alloc(100, 7)]))
    const plain = { entry: { kind: 'file', path: 'etc/passwd', size: 4, mode: 0o644, uid: 0, gid: 0, mtimeNs: 0n }, body: Buffer.from('root') } as const
    writeFileSync(at('files.tar'), Buffer.concat(await writeTar([plain], { signal }).toArray()))
    const image = await madeImage([
      { files: { 'app/node_modules/left/package.json': '{"name": "left", "version": "1.0.0"}', big: 'x'.repeat(50_000) }, compression: 'none' },
    ])
    await writeArchive(at('whole.tar'), [{ view: image, refs: [] }], { signal, durability: 'fast' })
    const bytes = readFileSync(at('whole.tar'))
    writeFileSync(at('cut.tar'), bytes.subarray(0, bytes.length - 30_000))
    writeFileSync(at('cut-early.tar'), bytes.subarray(0, 700))
    const flipped = Buffer.from(bytes)
    flipped[bytes.length - 20_000] = (flipped[bytes.length - 20_000] ?? 0) ^ 1
    writeFileSync(at('flipped.tar'), flipped)
    mkdirSync(at('layout'))
    writeFileSync(join(at('layout'), 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}')
    database = await osvDatabase(project, [{ id: 'CVE-2026-1', ecosystem: 'npm', package: 'left', fixed: '2.0.0' }])
  })

  it.each([
    ['empty.tar', 'ARCHIVE'],
    ['zeros.tar', 'ARCHIVE'],
    ['archive.zip', 'ARCHIVE'],
    ['elf', 'ARCHIVE'],
    ['program.exe', 'ARCHIVE'],
    ['text.tar', 'ARCHIVE'],
    ['junk.tar.gz', 'ARCHIVE'],
    ['files.tar', 'ARCHIVE'],
    ['cut.tar', 'ARCHIVE'],
    ['cut-early.tar', 'ARCHIVE'],
    ['flipped.tar', 'DIGEST'],
    ['layout', 'ARCHIVE'],
    ['json.tar', 'SCAN'],
    ['broken.json', 'SCAN'],
  ])('%s: scan', async (name, code) => {
    const { code: ends, out, err } = await slipwayHere(project.dir, env(project), 'scan', name, '--db', database)
    expect([ends, out]).toEqual([1, ''])
    expect(err).toMatch(new RegExp(`^error.*\\[${code}_\\w+\\]`, 'm'))
    expect(err).not.toMatch(/ {4}at |INTERNAL|defect/)
  })
})
