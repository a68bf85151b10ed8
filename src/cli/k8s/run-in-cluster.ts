/** `slipway k8s run FILE`: the whole run in a pod of the cluster, seen from here as if it went on here. */
import { problem } from '../../base/problem.ts'
import { type RunOptions, runCommand } from '../commands/run.ts'
import type { ExitCode } from '../failures.ts'
import { durationOption } from '../images/amounts.ts'
import { nameValues } from '../name-value.ts'
import type { World } from '../world.ts'
import type { InCluster } from './perform-in-cluster.ts'

export interface InClusterOptions extends RunOptions {
  readonly cluster?: string
  readonly namespace?: string
  readonly image?: string
  readonly imageConnector?: string
  readonly serviceAccount?: string
  readonly cpu?: string
  readonly memory?: string
  readonly cacheClaim?: string
  readonly nodeSelector: readonly string[]
  readonly toleration: readonly string[]
  readonly podOverlay?: string
  readonly initTimeout: string
  /** `NAME` or `NAME=VALUE`. */
  readonly env: readonly string[]
}

const imageVariable = 'SLIPWAY_KUBERNETES_RUNNER_IMAGE'
/** What says how stages are run. */
const alwaysSent = ['SLIPWAY_STEP_IMAGE', 'SLIPWAY_KUBERNETES_IMAGE', 'SLIPWAY_RUN_PLUGIN_IMAGES']

export async function runInCluster(file: string, given: InClusterOptions, world: World): Promise<ExitCode> {
  const { cluster, namespace, image, imageConnector, serviceAccount, cpu, memory, cacheClaim, nodeSelector, toleration, podOverlay, initTimeout, env, ...o } =
    given
  const named = image ?? (world.env[imageVariable] || undefined)
  if (named === undefined) throw problem('K8S_RUNNER_NO_IMAGE', {})
  const inCluster: InCluster = {
    wanted: {
      image: named,
      initTimeoutMs: durationOption('--init-timeout', initTimeout),
      nodeSelector: nameValues('--node-selector', nodeSelector),
      tolerations: toleration,
      ...(cluster !== undefined && { connector: cluster }),
      ...(namespace !== undefined && { namespace }),
      ...(imageConnector !== undefined && { imageConnector }),
      ...(serviceAccount !== undefined && { serviceAccount }),
      ...(cpu !== undefined && { cpu }),
      ...(memory !== undefined && { memory }),
      ...(cacheClaim !== undefined && { claim: cacheClaim }),
    },
    ...(podOverlay !== undefined && { overlayFile: podOverlay }),
    env: variables(env, world),
  }
  return runCommand(file, { ...o, inCluster }, world)
}

/** A name alone has the value that it has here. */
function variables(given: readonly string[], { env }: World): Readonly<Record<string, string>> {
  const named = [...alwaysSent, ...given].flatMap((text): (readonly [string, string])[] => {
    const at = text.indexOf('=')
    const value = at === -1 ? env[text] : text.slice(at + 1)
    return value === undefined ? [] : [[at === -1 ? text : text.slice(0, at), value]]
  })
  return Object.fromEntries(named)
}
