/** Maps with known keys, read into objects whose type follows from the fields. */
import { diagnose } from '../../base/diagnostic.ts'
import type { Span } from '../../base/span.ts'
import { didYouMean } from '../../text/suggest.ts'
import { isEmptyNode, isNullNode, type YamlEntry, type YamlMap } from '../node.ts'
import { wrongKind } from './collections.ts'
import type { Defaulted, Field, Fields, Optional, Required } from './field.ts'
import { recordSchema } from './record-schema.ts'
import { type JsonSchema, keyPath, type Report, type Shape } from './shape.ts'

export interface RecordOptions {
  readonly doc?: string
  /** Names the definition in `$defs`, and the map in messages ("a Run step"). */
  readonly name?: string
  /** What an unknown key is. Default: error. */
  readonly unknown?: 'error' | 'warning' | 'ignore'
}

type KeysOf<F extends Fields, N> = { [K in keyof F]: F[K] extends N ? K : never }[keyof F]

/** `at` is the place of the whole map. */
export type RecordOf<F extends Fields> = {
  readonly [K in KeysOf<F, Required<unknown> | Defaulted<unknown>>]: F[K] extends Required<infer T> | Defaulted<infer T> ? T : never
} & {
  readonly [K in KeysOf<F, Optional<unknown>>]?: F[K] extends Optional<infer T> ? T : never
} & { readonly at: Span }

export interface RecordShape<F extends Fields> extends Shape<RecordOf<F>> {
  /** To build larger records out of this one: `record({ ...base.fields, more: … })`. */
  readonly fields: F
}

/** Keys that somebody else reads, with their schemas. */
export type Leaving = Readonly<Record<string, JsonSchema>>

/** Every problem of the map is reported; the value is undefined when a field is wrong or missing. */
export function record<const F extends Fields>(fields: F, o: RecordOptions = {}, leaving: Leaving = {}): RecordShape<F> {
  return {
    fields,
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      if (node.kind !== 'map') return wrongKind(node, report, path, o.name === undefined ? 'a map' : `a map (${o.name})`)
      return readRecord(node, { fields, options: o, leaving, report, path }) as RecordOf<F> | undefined
    },
    schema: (context) => recordSchema(fields, o, leaving, context),
    leaving: (key, schema) => record(fields, o, { ...leaving, [key]: schema }),
  }
}

interface Reading {
  readonly fields: Fields
  readonly options: RecordOptions
  readonly leaving: Leaving
  readonly report: Report
  readonly path: string
}

function readRecord(map: YamlMap, r: Reading): object | undefined {
  const values: [string, unknown][] = []
  let complete = true
  for (const entry of map.entries) if (!Object.hasOwn(r.fields, entry.key) && !Object.hasOwn(r.leaving, entry.key)) reportUnknown(entry, r)
  const entries = new Map(map.entries.map((entry) => [entry.key, entry]))
  for (const [key, field] of Object.entries(r.fields)) {
    const read = readField(key, field, entries.get(key), map, r)
    if (read === 'wrong') complete = false
    else if (read !== undefined) values.push([key, read.value])
  }
  return complete ? { ...Object.fromEntries(values), at: map.at } : undefined
}

/** The value in a box, nothing for an absent field, or 'wrong' after a report. */
function readField(key: string, field: Field, entry: YamlEntry | undefined, map: YamlMap, r: Reading): { value: unknown } | 'wrong' | undefined {
  const path = keyPath(r.path, key)
  if (field.need === 'known') {
    if (entry !== undefined && field.reason !== undefined) r.report(diagnose('YAML_KEY_NOT_USED', { path, reason: field.reason }, { at: entry.keyAt }))
    return undefined
  }
  if (entry === undefined || (isNullNode(entry.value) && field.shape.acceptsNull !== true)) {
    if (field.need === 'required') {
      r.report(diagnose('YAML_MISSING_KEY', { key, where: whereOf(r) }, { at: entry?.keyAt ?? map.at, hint: field.suggest?.(map) }))
      return 'wrong'
    }
    if (entry !== undefined && isEmptyNode(entry.value)) r.report(diagnose('YAML_EMPTY_VALUE', { path }, { at: entry.keyAt }))
    return field.need === 'defaulted' ? { value: field.fallback } : undefined
  }
  const value = field.shape.read(entry.value, r.report, path)
  return value === undefined ? 'wrong' : { value }
}

function reportUnknown(entry: YamlEntry, r: Reading): void {
  const severity = r.options.unknown ?? 'error'
  if (severity === 'ignore') return
  const known = [...Object.keys(r.fields), ...Object.keys(r.leaving)]
  const hint = didYouMean(entry.key, known) ?? (known.length <= 12 ? `known keys: ${known.join(', ')}` : undefined)
  r.report(diagnose('YAML_UNKNOWN_KEY', { key: entry.key, where: whereOf(r), line: entry.keyAt.line }, { at: entry.keyAt, severity, hint }))
}

function whereOf(r: Reading): string {
  if (r.options.name !== undefined) return r.path === '' ? r.options.name : `${r.options.name} "${r.path}"`
  return r.path === '' ? 'the document' : `"${r.path}"`
}
