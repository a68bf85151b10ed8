/** `slipway k8s prune`: takes away the pods that runs left in a cluster. */
import type { ExitCode } from '../failures.ts'
import { exitCodes } from '../failures.ts'
import { durationOption } from '../images/amounts.ts'
import { type ClusterOptions, withCluster } from '../with-cluster.ts'
import type { World } from '../world.ts'

export interface PruneOptions extends ClusterOptions {
  readonly olderThan?: string
  readonly dryRun?: boolean
  readonly json?: boolean
}

export async function prunePods(o: PruneOptions, world: World): Promise<ExitCode> {
  const before = o.olderThan === undefined ? undefined : world.clock.now() - durationOption('--older-than', o.olderThan)
  const pods = await withCluster(o, world, (care) => care.prune({ dryRun: o.dryRun === true, signal: world.signal, ...(before !== undefined && { before }) }))
  if (o.json === true) await world.stdout.write(`${JSON.stringify({ pods, removed: o.dryRun !== true }, null, 2)}\n`)
  else if (pods.length === 0) await world.stdout.write('nothing was left behind\n')
  else await world.stdout.write(pods.map((name) => `${o.dryRun === true ? 'would remove' : 'removed'} pod ${name}\n`).join(''))
  return exitCodes.done
}
