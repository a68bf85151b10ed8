/** Whether builds can carry out a RUN on this machine, how well, and what is in the way of more. */

export interface RunAbility {
  /** As docs/sandbox.md numbers them; undefined where no RUN is possible. */
  readonly rung: number | undefined
  /** Why it is not a better one, as the system said it. */
  readonly reasons: readonly string[]
  readonly facts: RunFacts
}

/** What the advice hangs on. */
export interface RunFacts {
  readonly root: boolean
  readonly user: string
  /** The user has a range of ids in /etc/subuid and /etc/subgid. */
  readonly range: boolean
  /** newuidmap and newgidmap are installed. */
  readonly mapper: boolean
  /** Settings that keep ordinary users from making user namespaces. */
  readonly forbidding: readonly string[]
  /** Of builds. */
  readonly folder: string
}
