/** What is done around trivy, with a script in its place: its command line, its ends, its files. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../../../test/support/fake-clock.ts'
import { madeImage } from '../../../../test/support/made-image.ts'
import { tempProject } from '../../../../test/support/temp-project.ts'
import { writeVulnerabilityDb } from '../../../../test/support/trivy/vulnerability-db.ts'
import { writeArchive } from '../../../media/write-archive.ts'
import { writeLayout } from '../../../media/write-layout.ts'
import type { ScanTarget } from '../../../ports/scanner.ts'
import { findTrivy } from './find-trivy.ts'
import { programOfImage } from './program-of-image.ts'
import { trivyScanner } from './trivy-scanner.ts'

const o = { signal: new AbortController().signal }
const platform = { os: 'linux', architecture: 'amd64' }

async function prepared(script: string) {
  const { dir } = tempProject({ trivy: `#!/bin/sh\n${script}\n` })
  chmodSync(join(dir, 'trivy'), 0o755)
  writeVulnerabilityDb(join(dir, 'cache'), [{ id: 'CVE-1', severity: 'HIGH', in: 'npm', package: 'lodash', fixed: '5' }])
  const image = await madeImage([{ files: { 'etc/motd': 'hello\n' } }])
  const scanner = trivyScanner({
    program: async () => join(dir, 'trivy'),
    cacheDir: join(dir, 'cache'),
    maxAgeDays: 30,
    clock: { ...fakeClock(), now: () => Date.now() },
    scratch: join(dir, 'scratch'),
    env: { PATH: process.env['PATH'] ?? '', TRIVY_PASSWORD: 'of-the-machine', HOME: '/home/me' },
    kill: process.kill.bind(process),
  })
  const { diff_ids: diffIds } = (await image.config()).rootfs
  writeFileSync(join(dir, 'report.json'), JSON.stringify({ SchemaVersion: 2, ArtifactName: 'x', Metadata: { DiffIDs: diffIds }, Results: [] }))
  const target: ScanTarget = { kind: 'image', name: 'acme/app:1', view: image, platform }
  return { dir, image, scanner, target }
}

/** Writes what it was called with beside itself, and the report where it was asked to. */
const good = `here=$(dirname "$0"); printf '%s\\n' "$@" > "$here/args"; env > "$here/env"; pwd > "$here/pwd"
while [ $# -gt 0 ]; do [ "$1" = --output ] && cp "$here/report.json" "$2"; [ "$1" = --input ] && cp "$2" "$here/input" 2>/dev/null; shift; done
echo 'INFO scanning' >&2`

describe('trivy', () => {
  it('never asks the network, has an exit code of its own for findings, sees nothing of this machine, and leaves nothing behind', async () => {
    const { dir, scanner, target } = await prepared(`${good}; exit 9`)
    const said: string[] = []
    const raws: string[] = []
    const report = await scanner.scan(
      { target, arguments: ['--scanners', 'vuln,secret'], env: { TRIVY_INSECURE: 'true' } },
      { ...o, say: (line) => said.push(line), raw: (text) => raws.push(text) },
    )
    const args = readFileSync(join(dir, 'args'), 'utf8').split('\n')
    expect(args.slice(0, 3)).toEqual(['image', '--format', 'json'])
    for (const word of ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--list-all-pkgs']) expect(args).toContain(word)
    expect([args[args.indexOf('--exit-code') + 1], args.filter((word) => word === '--scanners')]).toEqual(['9', ['--scanners']])
    const env = readFileSync(join(dir, 'env'), 'utf8')
    expect([env.includes('TRIVY_INSECURE=true'), env.includes('of-the-machine'), env.includes('/home/me')]).toEqual([true, false, false])
    expect(readFileSync(join(dir, 'pwd'), 'utf8').trim()).toContain(join(dir, 'scratch'))
    expect([report.target.name, report.database.name, said, raws.length, readdirSync(join(dir, 'scratch'))]).toEqual([
      'acme/app:1',
      join(dir, 'cache/db'),
      ['INFO scanning'],
      1,
      [],
    ])
  })

  it('is given the archive itself where it can read it, and one that is written for it where not', async () => {
    const { dir, scanner, target, image } = await prepared(good)
    const inputOf = async (file: string) => {
      await scanner.scan({ target: { ...target, file } as ScanTarget }, o)
      return readFileSync(join(dir, 'args'), 'utf8').trim().split('\n').at(-1)
    }
    await writeArchive(join(dir, 'ours.tar'), [{ view: image, refs: [] }], { ...o, durability: 'fast' })
    expect(await inputOf(join(dir, 'ours.tar'))).toBe(join(dir, 'ours.tar'))
    await writeLayout(join(dir, 'layout'), [{ view: image, refs: [] }], { ...o, durability: 'fast' })
    expect(await inputOf(join(dir, 'layout'))).toBe(join(dir, 'layout'))
    const other = await madeImage([{ files: { a: 'b' } }])
    await writeArchive(
      join(dir, 'two.tar'),
      [
        { view: image, refs: [] },
        { view: other, refs: [] },
      ],
      { ...o, durability: 'fast' },
    )
    expect(await inputOf(join(dir, 'two.tar'))).toMatch(/scratch.*image\.tar$/)
  })

  it.each<[string, string, RegExp]>([
    ['another exit code', 'echo "FATAL it broke" >&2; exit 1', /exit code 1: FATAL it broke/],
    ['a signal', 'kill -9 $$', /was ended/],
    ['no report', 'exit 0', /wrote no report/],
    ['a report that is none', `while [ $# -gt 0 ]; do [ "$1" = --output ] && echo '{"SchemaVersion": 9}' > "$2"; shift; done; exit 0`, /SchemaVersion is 9/],
    [
      'a report about another image',
      `while [ $# -gt 0 ]; do [ "$1" = --output ] && echo '{"SchemaVersion": 2, "Metadata": {"DiffIDs": ["sha256:x"]}}' > "$2"; shift; done; exit 0`,
      /other layers/,
    ],
  ])('that ends with %s has failed, and found nothing', async (_what, script, says) => {
    const { scanner, target, dir } = await prepared(script)
    await expect(scanner.scan({ target }, o)).rejects.toMatchObject({ code: 'SCANNER_FAILED', message: expect.stringMatching(says) })
    expect(readdirSync(join(dir, 'scratch'))).toEqual([])
  })

  it('is ended with all that it has started when the signal aborts', async () => {
    const { scanner, target, dir } = await prepared('sleep 600 & echo $! > "$(dirname "$0")/child"; echo up >&2; wait')
    const abort = new AbortController()
    const scanning = scanner.scan({ target }, { signal: abort.signal, say: () => abort.abort(new Error('enough')) })
    await expect(scanning).rejects.toThrow('enough')
    const child = Number(readFileSync(join(dir, 'child'), 'utf8'))
    await expect.poll(() => alive(child)).toBe(false)
    expect(readdirSync(join(dir, 'scratch'))).toEqual([])
  })

  it.each([['--output', 'x'], ['-f=table'], ['--exit-code', '1'], ['--password=x'], ['--cache-dir', 'x']])(
    'takes no argument that would hide its report or show a secret: %s',
    async (...words) => {
      const { scanner, target } = await prepared(good)
      await expect(scanner.scan({ target, arguments: words }, o)).rejects.toMatchObject({ code: 'SCAN_ARGUMENTS_REFUSED' })
    },
  )
})

describe('the program', () => {
  it('is the one that is named, else the first on PATH, else missing', async () => {
    const { dir } = await prepared('exit 0')
    mkdirSync(join(dir, 'empty'))
    writeFileSync(join(dir, 'empty', 'trivy'), 'no program')
    expect(await findTrivy({ path: `${join(dir, 'empty')}:${dir}` })).toBe(join(dir, 'trivy'))
    expect(await findTrivy({ path: '', program: join(dir, 'trivy') })).toBe(join(dir, 'trivy'))
    await expect(findTrivy({ path: join(dir, 'empty') })).rejects.toMatchObject({ code: 'SCANNER_MISSING' })
    await expect(findTrivy({ path: dir, program: join(dir, 'empty', 'trivy') })).rejects.toMatchObject({ code: 'SCANNER_MISSING' })
  })

  it('comes out of an image, the topmost one, once', async () => {
    const { dir } = tempProject()
    const image = await madeImage([
      { files: { 'usr/local/bin/trivy': '#!/bin/sh\necho old\n' } },
      { files: { 'usr/local/bin/trivy': '#!/bin/sh\necho new\n', other: 'x' } },
    ])
    const file = await programOfImage({ name: 'acme/trivy:1', image, dir }, o)
    expect([readFileSync(file, 'utf8'), await findTrivy({ path: '', program: file })]).toEqual(['#!/bin/sh\necho new\n', file])
    expect(await programOfImage({ name: 'acme/trivy:1', image, dir }, o)).toBe(file)
    await expect(programOfImage({ name: 'acme/none:1', image: await madeImage([{ files: { x: 'y' } }]), dir }, o)).rejects.toMatchObject({
      code: 'SCANNER_MISSING',
    })
  })
})

/** What has ended and nobody has asked about yet is still listed. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
