/** One case of the parity suite: a Dockerfile with its context and arguments, and what may differ, with the reason. */
import type { ContextEntries } from './context.ts'
import type { ToleratedName } from './tolerated.ts'

export interface Case {
  readonly name: string
  readonly dockerfile: string
  /** Without it: a few usual files (`context.ts`). */
  readonly context?: ContextEntries
  readonly args?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly target?: string
  readonly secrets?: Readonly<Record<string, string>>
  /** The socket of an agent is handed over. */
  readonly ssh?: true
  readonly network?: 'none'
  readonly addHosts?: Readonly<Record<string, string>>
  /** Both builders have to refuse; ours with this code, at this line of the Dockerfile. */
  readonly fails?: { readonly code: string; readonly line: number }
  readonly tolerated?: readonly ToleratedName[]
}

/** `name`, the instructions after FROM, and whatever else the case has. */
export type CaseRow = readonly [name: string, instructions: string, more?: Omit<Case, 'name' | 'dockerfile'>]

export function casesOn(from: string, rows: readonly CaseRow[]): readonly Case[] {
  return rows.map(([name, instructions, more]) => ({ name, dockerfile: `FROM ${from}\n${instructions}\n`, ...more }))
}

/** Dockerfiles that have their own FROM. */
export function wholeCases(rows: readonly CaseRow[]): readonly Case[] {
  return rows.map(([name, dockerfile, more]) => ({ name, dockerfile: `${dockerfile}\n`, ...more }))
}
