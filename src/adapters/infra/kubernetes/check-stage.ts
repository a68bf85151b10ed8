/** Whether a stage can run as a pod: asked before anything is made. */
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem } from '../../../base/problem.ts'
import type { StagePlan } from '../../../plan/plan.ts'
import { plannedContainers } from './manifest/containers.ts'
import { userOf } from './manifest/pod.ts'
import { noKubernetesPlan, podSettings } from './manifest/settings.ts'

export interface CheckOptions {
  readonly signal: AbortSignal
  readonly usualImage: string | undefined
  readonly spare: number
  /** Finds the cluster; throws why there is none. */
  readonly reach: (connector: string | undefined) => Promise<void>
}

export async function checkStage(stage: StagePlan, o: CheckOptions): Promise<readonly Diagnostic[]> {
  const { os, kubernetes = noKubernetesPlan } = stage.infrastructure
  const wrongOs = os.toLowerCase() === 'linux' || os === '' ? [] : [diagnose('INFRA_OS_UNSUPPORTED', { os, infra: 'kubernetes' })]
  const { settings, diagnostics } = podSettings(kubernetes)
  const planned = plannedContainers(stage, { ...(o.usualImage !== undefined && { usualImage: o.usualImage }), spare: o.spare })
  const nobody = planned.containers.filter((container) => settings.security.runAsNonRoot === true && userOf(container, settings) === undefined)
  const unnamed = nobody.map(({ step = '' }) =>
    diagnose('K8S_SETTING_INVALID', {
      key: 'containerSecurityContext.runAsNonRoot',
      reason: `${step} says no user: give it runAsUser, as the name of a user in an image proves nothing`,
    }),
  )
  return [...wrongOs, ...diagnostics, ...planned.diagnostics, ...unnamed, ...(await reached(settings.connector, o))]
}

async function reached(connector: string | undefined, { reach, signal }: CheckOptions): Promise<readonly Diagnostic[]> {
  try {
    await reach(connector)
    return []
  } catch (error) {
    signal.throwIfAborted()
    if (isProblem(error)) return [error.diagnostic]
    throw error
  }
}
