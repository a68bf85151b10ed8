/** Secrets that this machine keeps. Nothing of a value is ever written in clear, to any file. */
import type { Instant } from '../base/clock.ts'

export interface StoredSecret {
  readonly name: string
  readonly changedAt: Instant
}

/**
 * Names may begin with `account.` or `org.`.
 * 1. What was set is read back as it was, a text of no length too; setting a name again replaces its value and its time.
 * 2. Each change is whole or not at all: after one that failed, all is as before.
 * 3. Several may have the same store open, in other processes too: each sees what the others have changed. The first to set makes the store.
 * 4. Listing and removing need no key; reading and setting throw a Problem when it is missing or wrong.
 * 5. No value stands in clear in any file, also not one that was replaced or removed, and no file is open to others.
 * 6. Looking makes nothing: the store begins with the first value. Closing may be done twice, and before anything was asked.
 */
export interface SecretStore {
  /** Undefined when there is none. */
  read(name: string): string | undefined
  set(values: ReadonlyMap<string, string>): void
  /** By name. */
  list(): readonly StoredSecret[]
  /** Answers those that were there. */
  remove(names: readonly string[]): readonly string[]
  close(): void
}
