/** Pods that runs left behind: those of processes of this machine that are gone, or all that are older than somebody says. What belongs to a pod goes with it. */
import type { Namespace } from '../../../kubernetes-api/pods.ts'
import { homeLabel, isLeftOver, ours, runLabel } from './marks.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface LeftOvers {
  /** Of this data folder; its dead processes are known for certain. */
  readonly home: string
  /** Of others too: pods that were made before this moment. */
  readonly before?: number
  /** Of a run, as its label names it: what it has left is still of use. */
  readonly keeps?: (run: string) => Promise<boolean>
  /** Only says what would go. */
  readonly dryRun?: boolean
}

/** Their names. */
export async function removeLeftOvers(namespace: Namespace, o: LeftOvers, w: Waiting): Promise<readonly string[]> {
  const { before } = o
  const pods = await namespace.pods(before === undefined ? `${ours},${homeLabel}=${o.home}` : ours, w)
  const old = pods.filter((pod) => (pod.labels[homeLabel] === o.home && isLeftOver(pod.labels)) || (before !== undefined && Date.parse(pod.createdAt) < before))
  const runs = new Set(old.map(({ labels }) => labels[runLabel] ?? ''))
  const kept = new Set<string>()
  for (const run of runs) if ((await o.keeps?.(run)) === true) kept.add(run)
  const left = old.filter(({ labels }) => !kept.has(labels[runLabel] ?? ''))
  if (o.dryRun !== true) for (const { name } of left) await namespace.deletePod(name, 0, w)
  return left.map(({ name }) => name)
}
