/** Secrets that this machine keeps. Nothing of a value is ever written in clear, to any file. */
import type { Instant } from '../base/clock.ts'

export interface StoredSecret {
  readonly name: string
  readonly changedAt: Instant
}

/** Names may begin with `account.` or `org.`. Calls are safe beside other processes; each change is whole or not at all. */
export interface SecretStore {
  /** Undefined when there is none. Throws when the key is missing or wrong. */
  read(name: string): string | undefined
  set(values: ReadonlyMap<string, string>): void
  /** Needs no key. */
  list(): readonly StoredSecret[]
  /** Answers those that were there. */
  remove(names: readonly string[]): readonly string[]
  close(): void
}
