/** `slipway doctor --kubernetes`: whether a cluster lets runs do what they have to. Makes nothing there. */
import type { ClusterFacts } from '../../ports/cluster-care.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { rungTexts } from '../run-advice.ts'
import { type ClusterOptions, withCluster } from '../with-cluster.ts'
import type { World } from '../world.ts'

/** It fails where a right is missing that every stage needs. */
export async function doctorKubernetes(o: ClusterOptions & { readonly json?: boolean }, world: World): Promise<ExitCode> {
  const facts = await withCluster(o, world, (care) => care.facts({ signal: world.signal }))
  const { rung } = await world.tools.runAbility(world.home, world)
  const missing = facts.rights.filter(({ allowed, optional }) => !allowed && !optional)
  if (o.json === true) await world.stdout.write(`${JSON.stringify({ ...facts, rung: rung ?? null }, null, 2)}\n`)
  else await world.stdout.write(`${lines(facts, rung).join('\n')}\n`)
  return missing.length > 0 || facts.podSecurity === 'restricted' ? exitCodes.problems : exitCodes.done
}

function lines(facts: ClusterFacts, rung: number | undefined): readonly string[] {
  return [
    `cluster ${facts.cluster} at ${facts.server}, Kubernetes ${facts.version}, namespace ${facts.namespace}`,
    'rights:',
    ...facts.rights.map(({ right, why, allowed, optional }) => `  ${allowed ? '✔' : optional ? '-' : '✖'} ${right.padEnd(18)} ${why}`),
    `quota: ${facts.quotas === undefined ? 'may not be looked at' : facts.quotas.length === 0 ? 'none' : facts.quotas.join(', ')}`,
    `pod security: ${securityText(facts.podSecurity)}`,
    `image steps are built by Slipway itself, where it runs: ${rung === undefined ? 'without RUN' : `RUN on rung ${rung}, ${rungTexts[rung] ?? ''}`}`,
    'slipway k8s run needs these rights too, and an image of this version: examples/self',
    ...(facts.rights.every(({ allowed }) => allowed) ? [] : ['what is missing is in the role of docs/kubernetes.md']),
  ]
}

function securityText(level: string | undefined): string {
  if (level === undefined) return 'may not be looked at'
  return level === 'restricted' ? 'restricted: pods need the podSpecOverlay that docs/kubernetes.md shows' : level
}
