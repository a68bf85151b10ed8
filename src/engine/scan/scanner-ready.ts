/** The scanner that a run will need, asked before a stage begins: a database that is missing, empty or old is known before anything is built for it. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Plan, StageNode, StagePlan, StepNode, StepPlan } from '../../plan/plan.ts'
import type { ScanWork } from '../../steps/scan-work.ts'
import type { RunContext } from '../parts.ts'

/** A step before the scan that runs somebody's commands may well bring the database: then what is wrong is a warning, and the scan itself has the last word. */
export async function scannerReady(stage: StagePlan, plan: Plan, { scan, signal }: Pick<RunContext, 'scan' | 'signal'>): Promise<readonly Diagnostic[]> {
  if (stage.infrastructure.on === 'fake' || scan.withoutDatabase !== 'error') return []
  const steps = [stage, ...stagesAfter(stage, plan)].flatMap(({ when, steps: own }) => (isCertain(when) ? own.flatMap(certainSteps) : []))
  const first = steps.findIndex(({ work }) => work.kind === 'scan' && compares(work))
  if (first < 0) return []
  const found = await scan.scanner.check({ signal })
  const mended = steps.slice(0, first).some(({ work }) => work.kind === 'run' || work.kind === 'restore-cache')
  return mended ? found.map((one) => (one.severity === 'error' ? { ...one, severity: 'warning' } : one)) : found
}

/** Results that a scanner has written need no database. */
function compares({ source }: ScanWork): boolean {
  return source.kind !== 'results' && source.kind !== 'attached' && source.kind !== 'later'
}

/** Not after a failure only, and under no condition: what may not happen at all keeps nothing from beginning. */
function isCertain({ status, condition }: StepPlan['when']): boolean {
  return status !== 'Failure' && condition === undefined
}

function certainSteps(node: StepNode): readonly StepPlan[] {
  if ('when' in node && !isCertain(node.when)) return []
  return node.kind === 'step' ? [node] : node.children.flatMap(certainSteps)
}

function stagesAfter(stage: StagePlan, { stages }: Plan): readonly StagePlan[] {
  const at = stages.findIndex((node) => stagesIn(node).some(({ path }) => path === stage.path))
  return at < 0 ? [] : stages.slice(at + 1).flatMap(stagesIn)
}

function stagesIn(node: StageNode): readonly StagePlan[] {
  return node.kind === 'stage' ? [node] : node.children.flatMap(stagesIn)
}
