/** One sentence of the OCI distribution specification 1.1, in our words, and how the embedded registry is seen to keep it. */
import type { SpecClient } from '../../../../test/support/registry/spec-client.ts'

export interface Sentence {
  /** The section it stands in. */
  readonly section: string
  readonly level: 'MUST' | 'SHOULD' | 'MAY'
  readonly says: string
  /** Endpoints (`end-3`) and error codes (`code-7`) of the specification's tables that it exercises. */
  readonly covers: readonly string[]
  readonly check: (registry: SpecClient) => Promise<void>
}

/** Rows are written as tuples: level, what it says, what it covers (words), the check. */
export type Row = readonly [Sentence['level'], string, string, Sentence['check']]

export function section(name: string, rows: readonly Row[]): readonly Sentence[] {
  return rows.map(([level, says, covers, check]) => ({ section: name, level, says, covers: covers.split(' ').filter((id) => id !== ''), check }))
}
