/** Whether a stage can run on the engine that is there: asked before anything is made. */
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem } from '../../../base/problem.ts'
import type { DockerEngine } from '../../../docker-api/engine.ts'
import type { FoundEngine } from '../../../docker-api/find-engine.ts'
import type { StagePlan, StepNode, StepPlan } from '../../../plan/plan.ts'

export interface CheckOptions {
  readonly signal: AbortSignal
  readonly usualImage: string | undefined
  readonly engineHere: () => Promise<{ readonly found: FoundEngine; readonly engine: DockerEngine }>
}

export async function checkStage(stage: StagePlan, o: CheckOptions): Promise<readonly Diagnostic[]> {
  const os = stage.infrastructure.os.toLowerCase()
  const wrongOs = os === 'linux' || os === '' ? [] : [diagnose('INFRA_OS_UNSUPPORTED', { os: stage.infrastructure.os, infra: 'docker' })]
  return [...wrongOs, ...images(stage, o), ...(await whatAnswers(o))]
}

function images(stage: StagePlan, { usualImage }: CheckOptions): readonly Diagnostic[] {
  return usualImage !== undefined ? [] : withoutImage(stage).map((step) => diagnose('INFRA_DOCKER_NO_IMAGE', { name: step.path }, { at: step.at }))
}

/** Steps that leave it open in what they run. */
export function withoutImage(stage: StagePlan): readonly StepPlan[] {
  return stepsIn(stage.steps).filter(({ work }) => (work.kind === 'run' || work.kind === 'service') && work.image === undefined)
}

function stepsIn(nodes: readonly StepNode[]): readonly StepPlan[] {
  return nodes.flatMap((node) => (node.kind === 'step' ? [node] : stepsIn(node.children)))
}

async function whatAnswers({ engineHere, signal }: CheckOptions): Promise<readonly Diagnostic[]> {
  try {
    const { engine, found } = await engineHere()
    try {
      const { os, architecture } = await engine.facts({ signal })
      if (os === 'linux' && (architecture === 'amd64' || architecture === 'arm64')) return []
      return [diagnose('INFRA_DOCKER_UNFIT', { engine: found.host, what: `${os} on ${architecture}` })]
    } catch (error) {
      if (!isProblem(error, 'DOCKER_UNREACHABLE')) throw error
      const reason = error.message.slice(error.message.indexOf(': ') + 2)
      return [diagnose('INFRA_DOCKER_UNREACHABLE', { engine: found.host, because: found.because, reason })]
    }
  } catch (error) {
    if (isProblem(error)) return [error.diagnostic]
    throw error
  }
}
