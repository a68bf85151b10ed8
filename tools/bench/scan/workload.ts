/** An image like a Debian one, 400 packages and 20,000 files, and 100,000 advisories, in the forms that both scanners read. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { importAdvisories } from '../../../src/adapters/scanners/osv/import-advisories.ts'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { assembleImage } from '../../../src/oci/assemble.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { layerTypes } from '../../../src/oci/media-types.ts'
import { layerFromBytes } from '../../../src/oci/partial-layer.ts'
import { parseRef } from '../../../src/oci/ref.ts'
import type { Layer } from '../../../src/oci/views.ts'
import { type TarItem, writeTar } from '../../../src/tar/write-tar.ts'
import { osvAdvisory } from '../../../test/support/osv-mirror.ts'
import { type Advisory, writeVulnerabilityDb } from '../../../test/support/trivy/vulnerability-db.ts'

export interface ScanWorkload {
  readonly archive: string
  /** An image with a hundred thousand packages and nothing else. */
  readonly manyPackages: string
  /** For trivy --cache-dir. */
  readonly trivyCache: string
  /** For slipway scan --db. */
  readonly database: string
  readonly plainBytes: number
  readonly packedBytes: number
  readonly importMs: number
}

const packages = 400
const files = 20_000
const sources = 10_000
const flawsOfEach = 10
const signal = new AbortController().signal
const common = { uid: 0, gid: 0, mode: 0o644, mtimeNs: 1_700_000_000_000_000_000n }

export async function makeScanWorkload(dir: string): Promise<ScanWorkload> {
  const made = await Promise.all([baseLayer(), appLayer()].map(layerOf))
  const archive = await archiveOf(join(dir, 'image.tar'), made)
  const manyPackages = await archiveOf(join(dir, 'many-packages.tar'), [await layerOf(manyLayer())])
  const advisories = advisoriesOf()
  const trivyCache = join(dir, 'trivy')
  writeVulnerabilityDb(trivyCache, advisories)
  const mirror = join(dir, 'mirror')
  mkdirSync(mirror)
  // A list for every thousand: a hundred thousand files say nothing about scanning.
  for (let i = 0; i * 1000 < advisories.length; i++) {
    const some = advisories.slice(i * 1000, (i + 1) * 1000)
    writeFileSync(
      join(mirror, `${i}.json`),
      JSON.stringify(some.map((one) => osvAdvisory({ ...one, id: `${one.id}`, ecosystem: 'Debian:12', more: { id: `DEBIAN-${one.id}-${one.package}` } }))),
    )
  }
  const database = join(dir, 'advisories.db')
  const started = performance.now()
  await importAdvisories({ sources: [mirror], database, nowMs: Date.now(), signal })
  const sum = (key: 'plain' | 'packed') => made.reduce((bytes, one) => bytes + one[key], 0)
  return { archive, manyPackages, trivyCache, database, plainBytes: sum('plain'), packedBytes: sum('packed'), importMs: performance.now() - started }
}

async function archiveOf(path: string, made: readonly { readonly layer: Layer }[]): Promise<string> {
  const diffIds = await Promise.all(made.map(({ layer }) => layer.diffId()))
  const config = { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers' as const, diff_ids: diffIds } }
  const image = await assembleImage({ format: 'docker', config, layers: made.map(({ layer }) => layer) })
  const ref = parseRef('bench/debian:1')
  await writeArchive(path, [{ view: image, refs: ref.ok ? [ref.value] : [] }], { signal })
  return path
}

/** Half of the flaws of a package that is there are fixed in what is there. One CVE is about two packages, as many are. */
function advisoriesOf(): readonly Advisory[] {
  const levels = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const
  return Array.from({ length: sources * flawsOfEach }, (_, i) => ({
    id: `CVE-2023-${10_000 + (i % ((sources * flawsOfEach) / 2))}`,
    severity: levels[i % levels.length] ?? 'LOW',
    in: 'debian 12' as const,
    package: `source-${i % sources}`,
    fixed: i % 2 === 0 ? '1.0-1' : '3.0-1',
  }))
}

function stanza(i: number, source: string): string {
  return `Package: package-${i}\nStatus: install ok installed\nPriority: optional\nSection: libs\nInstalled-Size: 1000\nMaintainer: Somebody <somebody@example.org>\nArchitecture: amd64\nSource: ${source}\nVersion: 2.0-${i % 9}\nDepends: libc6 (>= 2.36)\nDescription: a package of the bench\n with a long text about what it is for,\n of several lines\n`
}

function systemOf(stanzas: readonly string[]): readonly TarItem[] {
  return [
    text('etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'),
    text('etc/debian_version', '12.5\n'),
    text('var/lib/dpkg/status', stanzas.join('\n')),
  ]
}

/** One in ten has advisories: ten of them, and half of those are about what is there. */
function manyLayer(): readonly TarItem[] {
  return systemOf(Array.from({ length: 100_000 }, (_, i) => stanza(i, i % 10 === 0 ? `source-${i / 10}` : `other-${i}`)))
}

function baseLayer(): readonly TarItem[] {
  return [
    ...systemOf(Array.from({ length: packages }, (_, i) => stanza(i, `source-${i * 7}`))),
    ...Array.from({ length: packages }, (_, i) => text(`var/lib/dpkg/info/package-${i}.list`, listOf(i))),
    ...Array.from({ length: files - packages - 3 }, (_, i) => text(pathOf(i), words(i))),
  ]
}

function pathOf(i: number): string {
  return `usr/share/package-${i % packages}/folder-${i % 13}/file-${i}`
}

function listOf(i: number): string {
  const lines = Array.from({ length: Math.floor(files / packages) }, (_, n) => `/${pathOf(i + n * packages)}\n`)
  return `/.\n/usr\n/usr/share\n${lines.join('')}`
}

function appLayer(): readonly TarItem[] {
  return Array.from({ length: 50 }, (_, i) =>
    text(`app/node_modules/module-${i}/package.json`, JSON.stringify({ name: `module-${i}`, version: '1.0.0', license: 'MIT' })),
  )
}

function text(path: string, content: string): TarItem {
  const body = Buffer.from(content)
  return { entry: { kind: 'file', path, size: body.length, ...common }, body }
}

/** 2 to 14 KB that compress about as well as programs and texts do. */
function words(seed: number): string {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  const parts: string[] = []
  for (let size = 2000 + (seed % 13) * 1000; size > 0; size -= 10) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    parts.push(((state >>> 0) % 40_000).toString(36).padEnd(9, 'x'))
  }
  return parts.join(' ')
}

async function layerOf(items: readonly TarItem[]): Promise<{ readonly layer: Layer; readonly plain: number; readonly packed: number }> {
  const tar = Buffer.concat(await writeTar(items, { signal }).toArray())
  const packed = gzipSync(tar)
  return { layer: layerFromBytes(packed, { mediaType: layerTypes.docker.gzip, diffId: digestOf(tar) }), plain: tar.length, packed: packed.length }
}
