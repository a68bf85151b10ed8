/** What names mean: a tree the caller provides, and functions it adds. The language itself knows no pipeline. */
import type { ExprValue } from './value.ts'

export type Slot =
  /** Final: an expression inside its text is only text. For everything that comes from outside (outputs, commit messages, payloads). */
  | { readonly kind: 'value'; readonly value: ExprValue }
  /** Text of the pipeline's author; expressions in it are evaluated in the same scope. */
  | { readonly kind: 'source'; readonly text: string /** Path of the run-time input that the text answers. */; readonly answers?: string }
  /** Known at a later time, which `until` names: "step build has run". */
  | { readonly kind: 'later'; readonly until: string }
  /** Part of the language, null in this run; so is everything below it. */
  | { readonly kind: 'absent'; readonly why?: string }
  | Folder

export interface Folder {
  readonly kind: 'folder'
  /** For suggestions; need not be complete. */
  names(): Iterable<string>
  get(name: string): Slot | undefined
  /** The value when the path ends here. Without it that is an error in texts. */
  readonly whole?: ExprValue
}

/** The function exists and will not have these arguments. */
export interface Refused {
  readonly kind: 'refused'
  readonly why: string
}

export interface Scope {
  readonly root: Folder
  /** `name` is dotted, "secrets.getValue". Undefined: there is no such function. */
  call?(name: string, args: readonly ExprValue[]): Slot | Refused | undefined
  /** Names of `call`, for suggestions. */
  readonly functions?: readonly string[]
}

export function value(v: ExprValue): Slot {
  return { kind: 'value', value: v }
}

/** Without an expression inside it is simply a value. */
export function source(text: string, answers?: string): Slot {
  return text.includes('<+') ? { kind: 'source', text, ...(answers !== undefined && { answers }) } : value(text)
}

export function later(until: string): Slot {
  return { kind: 'later', until }
}

export function absent(why?: string): Slot {
  return { kind: 'absent', ...(why !== undefined && { why }) }
}

export type Members = ReadonlyMap<string, Slot> | { readonly [name: string]: Slot | undefined }

export function folder(members: Members, whole?: ExprValue): Folder {
  const map = members instanceof Map ? (members as ReadonlyMap<string, Slot>) : new Map(Object.entries(members))
  return {
    kind: 'folder',
    names: () => [...map.entries()].flatMap(([name, slot]) => (slot === undefined ? [] : [name])),
    get: (name) => map.get(name),
    ...(whole !== undefined && { whole }),
  }
}
