/** Reads the flags of an instruction by its table: what each takes decides its type. */
import { diagnose } from '../base/diagnostic.ts'
import { didYouMean } from '../text/suggest.ts'
import type { Request } from './instructions/request.ts'
import type { Word } from './word.ts'

/** text: one value; list: may be repeated; switch: alone, or =true, or =false. */
export type FlagKind = 'text' | 'list' | 'switch'

type ValueOf<K extends FlagKind> = K extends 'text' ? Word | undefined : K extends 'list' ? readonly Word[] : boolean | undefined

export type FlagValues<T extends Readonly<Record<string, FlagKind>>> = { readonly [N in keyof T]: ValueOf<T[N]> }

export function readFlags<const T extends Readonly<Record<string, FlagKind>>>(request: Request, table: T): FlagValues<T> {
  const texts = new Map<string, Word[]>()
  const switches = new Map<string, boolean>()
  for (const flag of request.flags) readFlag(request, flag, table, texts, switches)
  const values: Record<string, unknown> = {}
  for (const [name, kind] of Object.entries(table)) {
    const given = texts.get(name)
    values[name] = kind === 'list' ? (given ?? []) : kind === 'text' ? given?.[0] : switches.get(name)
  }
  return values as FlagValues<T>
}

function readFlag(request: Request, flag: Word, table: Readonly<Record<string, FlagKind>>, texts: Map<string, Word[]>, switches: Map<string, boolean>): void {
  const { name, value } = cut(flag)
  const kind = Object.hasOwn(table, name) ? table[name] : undefined
  const instruction = request.keyword.text.toUpperCase()
  if (kind === undefined) {
    const hint = didYouMean(name, Object.keys(table))
    request.report(diagnose('DOCKERFILE_FLAG_UNKNOWN', { instruction, flag: name }, { at: flag.at, hint }))
  } else if ((texts.has(name) || switches.has(name)) && kind !== 'list') request.report(diagnose('DOCKERFILE_FLAG_TWICE', { flag: name }, { at: flag.at }))
  else if (kind === 'switch') {
    if (value === undefined || value.text.toLowerCase() === 'true') switches.set(name, true)
    else if (value.text.toLowerCase() === 'false') switches.set(name, false)
    else request.report(diagnose('DOCKERFILE_FLAG_NOT_BOOLEAN', { flag: name, value: value.text }, { at: flag.at }))
  } else if (value === undefined) request.report(diagnose('DOCKERFILE_FLAG_VALUE_MISSING', { flag: name }, { at: flag.at }))
  else texts.set(name, [...(texts.get(name) ?? []), value])
}

function cut(flag: Word): { name: string; value: Word | undefined } {
  const equals = flag.text.indexOf('=')
  if (equals < 0) return { name: flag.text.slice(2), value: undefined }
  return { name: flag.text.slice(2, equals), value: { text: flag.text.slice(equals + 1), at: flag.at } }
}
