/** What became of a runner's pod, in the user's words. Pure. */
import { type Problem, problem } from '../../base/problem.ts'
import type { PodFacts } from '../../kubernetes-api/schema.ts'
import type { RunnerWanted } from '../../ports/cluster-runner.ts'
import { podTrouble } from '../infra/kubernetes/pod-troubles.ts'
import { container } from './runner-pod.ts'

export interface RunnerAsked {
  readonly pod: string
  readonly wanted: Pick<RunnerWanted, 'image' | 'memory'>
}

/** Undefined: it is there, or will be. */
export function runnerTrouble(pod: PodFacts | undefined, { pod: name, wanted }: RunnerAsked): Problem | undefined {
  const now = pod?.containers.get(container)?.now
  // Before the pod as a whole: it says more.
  if (now?.kind === 'terminated' && now.reason === 'OOMKilled')
    return problem('K8S_RUNNER_MEMORY', { pod: name, limit: wanted.memory ?? 'that of its node or namespace' })
  const trouble = podTrouble(pod, name)
  if (trouble !== undefined) return trouble
  if (now?.kind === 'terminated')
    return problem('K8S_RUNNER_ENDED', {
      pod: name,
      image: wanted.image,
      reason: `exit code ${now.exitCode}${now.message === '' ? '' : `: ${now.message.trim()}`}`,
    })
  return undefined
}
