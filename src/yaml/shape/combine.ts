/** Shapes made from shapes: recursion, conversion, places, null, a choice by the form of the node, and the node itself. */
import type { Span } from '../../base/span.ts'
import { isNullNode, type YamlNode, type YamlScalar } from '../node.ts'
import { wrongKind } from './collections.ts'
import { type JsonSchema, type Report, type Shape, type ShapeType, withDoc } from './shape.ts'
import { scalarOf } from './text.ts'

/** For shapes that contain themselves. Some shape on the way round must have a `name`, or the schema would not end. */
export function lazy<T>(make: () => Shape<T>): Shape<T> {
  let made: Shape<T> | undefined
  const get = (): Shape<T> => {
    made ??= make()
    return made
  }
  return {
    get acceptsNull() {
      return get().acceptsNull ?? false
    },
    read: (node, report, path) => get().read(node, report, path),
    schema: (context) => get().schema(context),
    leaving: (key, schema) => lazy(() => get().leaving?.(key, schema) ?? get()),
  }
}

export interface Conversion {
  readonly node: YamlNode
  readonly report: Report
  readonly path: string
}

/** Converts after reading. `change` may report and answer undefined. */
export function mapped<T, U>(shape: Shape<T>, change: (value: T, c: Conversion) => U | undefined): Shape<U> {
  return around(
    shape,
    (node, report, path) => {
      const value = shape.read(node, report, path)
      return value === undefined ? undefined : change(value, { node, report, path })
    },
    (inner) => mapped(inner, change),
  )
}

export interface Located<T> {
  readonly value: T
  readonly at: Span
}

export function located<T>(shape: Shape<T>): Shape<Located<T>> {
  return mapped(shape, (value, { node }) => ({ value, at: node.at }))
}

/** Null and an empty value become null. */
export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    ...(shape.doc !== undefined && { doc: shape.doc }),
    acceptsNull: true,
    read: (node, report, path) => (isNullNode(node) ? null : shape.read(node, report, path)),
    schema: (context) => ({ anyOf: [shape.schema(context), { type: 'null' }] }),
  }
}

/** The same shape under another description, and in a schema under a name. */
export function described<T>(shape: Shape<T>, o: { readonly doc?: string; readonly name?: string }): Shape<T> {
  const { name } = o
  return {
    ...shape,
    ...(o.doc !== undefined && { doc: o.doc }),
    schema: (context) => {
      const make = (): JsonSchema => withDoc(shape.schema(context), o.doc)
      return name === undefined ? make() : context.define(name, make)
    },
  }
}

export interface ByKind {
  readonly scalar?: Shape<unknown>
  readonly map?: Shape<unknown>
  readonly seq?: Shape<unknown>
}

const kindNames = { scalar: 'a single value', map: 'a map', seq: 'a list' } as const

/** One shape per form of node, so that messages speak about the form the author chose. */
export function anyOf<const K extends ByKind>(shapes: K, o: { readonly doc?: string } = {}): Shape<ShapeType<Exclude<K[keyof K], undefined>>> {
  type T = ShapeType<Exclude<K[keyof K], undefined>>
  const kinds = (['scalar', 'map', 'seq'] as const).filter((kind) => shapes[kind] !== undefined)
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    acceptsNull: shapes.scalar?.acceptsNull ?? false,
    read(node, report, path) {
      const shape = shapes[node.kind]
      if (shape !== undefined) return shape.read(node, report, path) as T | undefined
      return wrongKind(node, report, path, kinds.map((kind) => kindNames[kind]).join(' or '))
    },
    schema: (context) => withDoc({ anyOf: kinds.map((kind) => shapes[kind]?.schema(context) ?? {}) }, o.doc),
  }
}

/** The scalar node itself, for readers that look into the text (expressions): see `scalarSpan`. */
export function scalarNode(o: { readonly doc?: string } = {}): Shape<YamlScalar> {
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read: (node, report, path) => scalarOf(node, report, path, 'a single value'),
    schema: () => withDoc({ type: ['string', 'number', 'boolean'] }, o.doc),
  }
}

/** Any node, unread. */
export function anyNode(o: { readonly doc?: string } = {}): Shape<YamlNode> {
  return { ...(o.doc !== undefined && { doc: o.doc }), acceptsNull: true, read: (node) => node, schema: () => withDoc({}, o.doc) }
}

function around<T, U>(shape: Shape<T>, read: Shape<U>['read'], again: (inner: Shape<T>) => Shape<U>): Shape<U> {
  const { leaving } = shape
  return {
    ...(shape.doc !== undefined && { doc: shape.doc }),
    acceptsNull: shape.acceptsNull ?? false,
    read,
    schema: (context) => shape.schema(context),
    ...(leaving !== undefined && { leaving: (key: string, schema: JsonSchema) => again(leaving(key, schema)) }),
  }
}
