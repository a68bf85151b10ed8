/** A Kubernetes cluster as seen by who looks after it: whether runs could use it, and what they left there. */

interface Waiting {
  readonly signal: AbortSignal
}

export interface RightFact {
  /** `create pods` */
  readonly right: string
  readonly why: string
  readonly allowed: boolean
  /** Only some stages need it. */
  readonly optional: boolean
}

export interface ClusterFacts {
  readonly cluster: string
  readonly server: string
  readonly version: string
  readonly namespace: string
  readonly rights: readonly RightFact[]
  /** `pods: 3 of 10`; undefined: it may not be looked at. */
  readonly quotas: readonly string[] | undefined
  /** What the namespace enforces: privileged, baseline or restricted; undefined: it may not be looked at. */
  readonly podSecurity: string | undefined
}

export interface ClusterCare {
  facts(o: Waiting): Promise<ClusterFacts>
  /** Names of the pods that were left behind by this machine, or by anybody before that moment; they are gone then, unless it is only asked. */
  prune(o: { readonly before?: number; readonly dryRun: boolean } & Waiting): Promise<readonly string[]>
  close(): Promise<void>
}

export interface ClusterWanted {
  /** Absent: the usual cluster. */
  readonly connector?: string
  readonly namespace?: string
}
