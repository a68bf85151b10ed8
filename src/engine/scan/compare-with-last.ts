/** Which findings the scan before did not have. What is found now is what the next scan is compared with. */
import { isProblem } from '../../base/problem.ts'
import { stepPath } from '../../events/step-path.ts'
import type { Finding } from '../../scan/finding.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import { type Baseline, baselineOf, newFindings, type ScanName } from '../../verdict/baseline.ts'
import type { WorkAt } from '../do-work.ts'

export async function compareWithLast(name: ScanName, findings: readonly Finding[], at: WorkAt<ScanWork>): Promise<ReadonlySet<Finding>> {
  const { memory, baselines } = at.context.scan
  const { signal, clock } = at.context
  const last = await earlier({ target: name.target, variant: baselines.get(name.target) ?? name.variant }, at)
  await memory.write(name, baselineOf(findings, clock.now()), { signal })
  return new Set(newFindings(findings, last))
}

/** A damaged one is told, and made anew. */
async function earlier(name: ScanName, { context, step }: WorkAt<ScanWork>): Promise<Baseline | undefined> {
  try {
    return await context.scan.memory.read(name, { signal: context.signal })
  } catch (error) {
    if (!isProblem(error, 'SCAN_BASELINE_UNREADABLE')) throw error
    await context.emit({ kind: 'step.note', step: stepPath(step.path), note: error.diagnostic })
    return undefined
  }
}
