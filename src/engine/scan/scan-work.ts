/** A scan step: look, leave out what is decided, compare with the scan before, tell all of it, and hold up what is too bad. */
import { diagnose } from '../../base/diagnostic.ts'
import { isProblem } from '../../base/problem.ts'
import type { Outcome } from '../../events/outcome.ts'
import { stepPath } from '../../events/step-path.ts'
import { summarizeScan } from '../../events/summarize-scan.ts'
import type { Finding } from '../../scan/finding.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import { applyIgnores } from '../../verdict/apply-ignores.ts'
import { scanArguments } from '../../verdict/arguments.ts'
import { countFindings, countVariables } from '../../verdict/counts.ts'
import { heldUp } from '../../verdict/gate.ts'
import type { WorkAt, WorkDone } from '../do-work.ts'
import { nowKnown, revealText } from '../reveal.ts'
import { compareWithLast } from './compare-with-last.ts'
import { gateOutcome } from './gate-outcome.ts'
import { ignoreRules } from './ignore-rules.ts'
import { scanName } from './scan-name.ts'
import { notScanned, type Scanned, scanSource } from './scan-source.ts'
import { tellScan } from './tell-scan.ts'
import { writeBill, writeRaw } from './write-scan-files.ts'

type At = WorkAt<ScanWork>

export async function scanWork(at: At): Promise<WorkDone> {
  const { work, context, step } = at
  const args = scanArguments(work.arguments === undefined ? '' : await revealText(nowKnown(work.arguments), context))
  const rules = await ignoreRules(args.ignoreFile, at)
  const scanned = await scanOrNot(at, () => scanSource(at, args))
  if ('skipped' in scanned) return { outcome: { kind: 'skipped', because: scanned.skipped }, outputs: [] }
  const wanted = scanned.report.findings.filter((one) => counts(one, args))
  const sorted = applyIgnores(wanted, rules, context.clock.now())
  const ignored = [...sorted.ignored, ...scanned.suppressed]
  for (const note of sorted.notes) await context.emit({ kind: 'step.note', step: stepPath(step.path), note })
  const name = await scanName(scanned, at)
  const fresh = await compareWithLast(name, [...sorted.counting, ...ignored], at)
  const level = nowKnown(work.failOn)
  const held = heldUp(sorted.counting, level)
  const freshCounting = new Set(sorted.counting.filter((one) => fresh.has(one)))
  const judged = { report: scanned.report, name, counting: sorted.counting, fresh: freshCounting, ignored: ignored.length, gate: { level, held: held.length } }
  await tellScan(judged, at)
  await context.emit({ kind: 'scan.finished', step: stepPath(step.path), scan: summarizeScan(judged) })
  await writeRaw(scanned.raw, at)
  const bill = await writeBill(scanned.report, at)
  const variables = countVariables({
    all: countFindings(sorted.counting),
    fresh: countFindings([...freshCounting]),
    ignored: ignored.length,
    freshIgnored: ignored.filter((one) => fresh.has(one)).length,
  })
  const outputs = Object.entries({ ...variables, ...(bill !== undefined && { SBOM_PATH: bill }) })
  const gated = gateOutcome(held, level, scanned.report.target.name, step)
  const outcome = gated.kind === 'passed' ? (unjudgedSystem(scanned, at) ?? gated) : gated
  return { outcome, outputs: outputs.map(([key, value]) => ({ name: key, value, secret: false })) }
}

/** Packages of a system that nobody could compare are no pass, unless the configuration says so. What was found elsewhere goes first. */
function unjudgedSystem({ report }: Scanned, { work, context, step }: At): Outcome | undefined {
  const system = report.unjudged.find(({ kind }) => kind === 'distribution')
  if (system === undefined || nowKnown(work.failOn) === 'none' || context.scan.withoutDatabase === 'not-scanned') return undefined
  return { kind: 'errored', problem: diagnose('SCAN_SYSTEM_UNJUDGED', { what: system.what, reason: system.reason }, { at: step.at }) }
}

/** Without a database it is an error, or by the user's word no scan: never one that found nothing. */
async function scanOrNot({ context, step }: At, scan: () => Promise<Scanned>): Promise<Scanned | { readonly skipped: string }> {
  try {
    return await scan()
  } catch (error) {
    if (context.scan.withoutDatabase === 'error' || !isProblem(error) || !isBlind(error.code)) throw error
    await context.emit({
      kind: 'step.note',
      step: stepPath(step.path),
      note: { ...notScanned(step.name, error.message.replace(/\.$/, '')), ...(step.at !== undefined && { at: step.at }) },
    })
    return { skipped: `not scanned: ${error.message}` }
  }
}

/** There was nothing to compare with. */
function isBlind(code: string): boolean {
  return code.startsWith('SCAN_DATABASE_') || code === 'SCAN_NOTHING_JUDGED'
}

function counts({ severity, fixedVersion }: Finding, o: { readonly severities?: readonly string[]; readonly ignoreUnfixed: boolean }): boolean {
  return (o.severities === undefined || o.severities.includes(severity)) && (!o.ignoreUnfixed || fixedVersion !== undefined)
}
