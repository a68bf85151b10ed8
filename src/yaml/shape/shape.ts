/** A shape reads a node into a typed value and describes the same rule as JSON Schema: one source for reader and editor help. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Json } from '../../base/json.ts'
import type { YamlNode } from '../node.ts'

export type JsonSchema = { readonly [keyword: string]: Json }

export type Report = (d: Diagnostic) => void

/** Collects named definitions, so that shapes may refer to themselves and are written once. */
export interface SchemaContext {
  /** A `$ref` to `$defs/name`; `make` runs once per name. */
  define(name: string, make: () => JsonSchema): JsonSchema
}

export interface Shape<T> {
  /** One or two sentences for the person who writes the file. */
  readonly doc?: string
  /** True when null is a value here. Otherwise a record counts `key:` as absent. */
  readonly acceptsNull?: boolean
  /** The value, or undefined when an error was reported. `path` names the place as `pipeline.stages[0].stage`. Never throws. */
  read(node: YamlNode, report: Report, path: string): T | undefined
  schema(context: SchemaContext): JsonSchema
  /** The same shape of a map that leaves `key` to somebody else, who describes it as `schema`. Only shapes of maps have it. */
  leaving?(key: string, schema: JsonSchema): Shape<T>
}

export type ShapeType<S> = S extends Shape<infer T> ? T : never

/** Any shape, where the type does not matter. */
export type AnyShape = Shape<unknown>

export function withDoc(schema: JsonSchema, doc: string | undefined): JsonSchema {
  return doc === undefined ? schema : { ...schema, description: doc }
}

export function keyPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** The last name of a path, as messages use it; the whole document has none. */
export function placeName(path: string): string {
  return path === '' ? 'the document' : `"${path}"`
}

/** The same context, but the definition of that name is written where it is used: to be completed there. */
export function inlining(name: string, context: SchemaContext): SchemaContext {
  return { define: (other, make) => (other === name ? make() : context.define(other, make)) }
}
