/** How a scan step ends, by what was held up. */
import { diagnose } from '../../base/diagnostic.ts'
import { plural } from '../../base/human.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { StepPlan } from '../../plan/plan.ts'
import type { Finding } from '../../scan/finding.ts'
import type { GateLevel } from '../../verdict/gate.ts'

const named = 3

export function gateOutcome(held: readonly Finding[], level: GateLevel, target: string, step: StepPlan): Outcome {
  if (held.length === 0) return { kind: 'passed' }
  const worst = held.slice(0, named).map(({ id, severity, package: one }) => `${id} (${severity}) in ${one.name}${one.version === '' ? '' : ` ${one.version}`}`)
  const more = held.length > named ? [`and ${held.length - named} more`] : []
  const data = { count: plural(held.length, 'flaw'), are: held.length === 1 ? 'is' : 'are', target, level, worst: [...worst, ...more].join(', ') }
  return { kind: 'failed', exit: { kind: 'exited', code: 1 }, problem: diagnose('SCAN_GATE_FAILED', data, { at: step.at }) }
}
