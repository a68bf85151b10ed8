/** trivy reads our archive and our layout, and finds in them what it finds in skopeo's archive of the same image. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { writeLayout } from '../../../src/media/write-layout.ts'
import type { Compression, ImageFormat } from '../../../src/oci/media-types.ts'
import { parseRef } from '../../../src/oci/ref.ts'
import { madeImage } from '../../support/made-image.ts'
import { real } from '../../support/real.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { realTrivy } from '../../support/trivy/trivy.ts'
import { writeVulnerabilityDb } from '../../support/trivy/vulnerability-db.ts'
import { mustRun, runProgram } from '../support/run-program.ts'

const trivy = realTrivy()
const skopeo = real('skopeo', { apt: 'skopeo' })
const options = trivy.missing === undefined ? skopeo.options : trivy.options
const o = { signal: new AbortController().signal, durability: 'fast' } as const
const name = parseRef('acme/app:1')
const refs = name.ok ? [name.value] : []

const system = {
  'etc/os-release': 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  'etc/debian_version': '12.5\n',
  'var/lib/dpkg/status': ['openssl 3.0.11-1~deb12u1', 'zlib 1:1.2.13.dfsg-1', 'bash 5.2.15-2']
    .map((line) => line.split(' '))
    .map(([pkg, version]) => `Package: ${pkg}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`)
    .join('\n'),
}
const app = { 'app/node_modules/left/package.json': '{"name": "left", "version": "1.0.0"}', 'app/hello.txt': 'hello' }
const flaws = [
  { id: 'CVE-2099-0001', severity: 'CRITICAL', in: 'debian 12', package: 'openssl', fixed: '3.0.14-1~deb12u1' },
  { id: 'CVE-2099-0002', severity: 'LOW', in: 'debian 12', package: 'openssl', fixed: '3.0.13-1~deb12u1' },
  { id: 'CVE-2099-0003', severity: 'HIGH', in: 'debian 12', package: 'bash', fixed: '5.1' },
  { id: 'CVE-2099-0004', severity: 'MEDIUM', in: 'npm', package: 'left', fixed: '1.0.1' },
] as const
const found = ['CVE-2099-0001', 'CVE-2099-0002', 'CVE-2099-0004']

describe('trivy', options, () => {
  let project: TempProject
  beforeAll(() => {
    project = tempProject({ 'policy.json': '{"default": [{"type": "insecureAcceptAnything"}]}' })
    writeVulnerabilityDb(project.path('cache'), flaws)
  })
  afterAll(() => project?.remove())

  const scan = (input: string) => {
    const offline = ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--scanners', 'vuln', '--cache-dir', project.path('cache')]
    return runProgram(trivy.path, ['image', '--quiet', '--format', 'json', ...offline, '--input', input])
  }
  const findings = async (input: string) => {
    const { code, out, err } = await scan(input)
    expect([code, err]).toEqual([0, ''])
    const report = JSON.parse(out) as { Metadata: { DiffIDs: string[] }; Results?: { Vulnerabilities?: { VulnerabilityID: string }[] }[] }
    const ids = (report.Results ?? []).flatMap(({ Vulnerabilities }) => Vulnerabilities ?? []).map((one) => one.VulnerabilityID)
    return { ids: ids.toSorted(), layers: report.Metadata.DiffIDs }
  }

  it.each<[ImageFormat, Compression]>([
    ['docker', 'gzip'],
    ['oci', 'gzip'],
    ['oci', 'none'],
    ['oci', 'zstd'],
  ])('finds the same in our archive and layout as in skopeo’s archive: %s with layers in %s', async (format, compression) => {
    const image = await madeImage(
      [
        { files: system, compression },
        { files: app, compression },
      ],
      { format },
    )
    const at = (what: string) => project.path(`${format}-${compression}-${what}`)
    await writeArchive(at('ours.tar'), [{ view: image, refs }], o)
    await writeLayout(at('layout'), [{ view: image, refs }], o)
    const skopeoCopies = ['copy', '--quiet', '--policy', project.path('policy.json')]
    await mustRun(skopeo.path, [...skopeoCopies, `docker-archive:${at('ours.tar')}:acme/app:1`, `docker-archive:${at('skopeo.tar')}:acme/app:1`])
    const expected = await findings(at('skopeo.tar'))
    expect(expected).toEqual({ ids: found, layers: (await image.config()).rootfs.diff_ids })
    expect(await findings(at('ours.tar'))).toEqual(expected)
    expect(await findings(at('layout'))).toEqual(expected)
  })
})
