/** Mode extraction: the newest results of a scan that a registry keeps with an image. */
import { problem } from '../../base/problem.ts'
import { readResults } from '../../scan/read-results.ts'
import type { PlannedScanSource, ScanWork } from '../../steps/scan-work.ts'
import type { WorkAt } from '../do-work.ts'
import { imageReference } from './image-reference.ts'
import { scanRegistryUse } from './scan-registry-use.ts'
import type { Scanned } from './scan-source.ts'

const readable = ['application/sarif+json', 'application/vnd.aquasec.trivy.report+json', 'application/vnd.aquasec.trivy.report.sarif.v1+json']

export async function attachedResults(source: Extract<PlannedScanSource, { kind: 'attached' }>, at: WorkAt<ScanWork>): Promise<Scanned> {
  const { context, step } = at
  const { signal } = context
  const image = await imageReference(source.image, at)
  const all = await context.remoteImages.attached(image, { use: await scanRegistryUse(source.login, image, at), signal })
  const fitting = all.filter(({ artifactType }) => readable.includes(artifactType))
  const [newest] = fitting.toSorted((a, b) => (b.created ?? '').localeCompare(a.created ?? ''))
  if (newest === undefined) {
    const there = all.length === 0 ? 'nothing refers to it' : `what refers to it is ${[...new Set(all.map(({ artifactType }) => artifactType))].join(', ')}`
    throw problem('SCAN_RESULTS_NOWHERE', { image, there }, { at: step.at })
  }
  const name = `${newest.artifactType} ${newest.digest}`
  const raw = await newest.text({ signal })
  const read = readResults(raw, { name })
  if (!read.ok) throw problem('SCAN_RESULTS_UNREADABLE', { file: name, reason: read.reason }, { at: step.at })
  return { report: { ...read.report, target: { ...read.report.target, name: image } }, suppressed: read.suppressed, raw, named: image }
}
