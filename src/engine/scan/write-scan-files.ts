/** Files that a scan step leaves in the workspace: the scanner's own report, and a bill of materials. */
import { stepPath } from '../../events/step-path.ts'
import type { ScanReport } from '../../scan/report.ts'
import { billText } from '../../scan/sbom/bill-text.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import type { WorkAt } from '../do-work.ts'
import { nowKnown } from '../reveal.ts'

type At = WorkAt<ScanWork>

export async function writeRaw(raw: string | undefined, at: At): Promise<void> {
  if (raw === undefined || !nowKnown(at.work.includeRaw)) return
  await write(`/harness/${at.step.identifier}.raw.json`, raw, at)
}

/** Where it is. */
export async function writeBill(report: ScanReport, at: At): Promise<string | undefined> {
  if (at.work.sbom === undefined) return undefined
  const format = nowKnown(at.work.sbom)
  const path = `/harness/${at.step.identifier}.${format === 'spdx-json' ? 'spdx' : 'cdx'}.json`
  await write(path, billText(report, format, { at: at.context.clock.now() }), at)
  return path
}

async function write(path: string, text: string, { context, state, step }: At): Promise<void> {
  const masked = context.redactor.text(text)
  await context.writeFile(state.workspace.hostPath(path), masked, { signal: context.signal })
  await context.emit({ kind: 'file.written', step: stepPath(step.path), file: { path, bytes: Buffer.byteLength(masked) } })
}
