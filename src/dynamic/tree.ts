/** Any part of a file with expressions somewhere inside: the fields of image steps, plugin settings, matrix axes. */
import type { Span } from '../base/span.ts'
import type { ExprValue } from '../expr/value.ts'
import type { YamlNode, YamlScalar } from '../yaml/node.ts'
import { type Report, type Shape, withDoc } from '../yaml/shape/shape.ts'
import type { Dynamic } from './dynamic.ts'
import { dynamic } from './dynamic-shape.ts'

export type DynamicTree =
  | { readonly kind: 'value'; readonly value: Dynamic<ExprValue>; readonly at: Span }
  | { readonly kind: 'list'; readonly items: readonly DynamicTree[]; readonly at: Span }
  | { readonly kind: 'map'; readonly entries: readonly { readonly key: string; readonly value: DynamicTree }[]; readonly at: Span }

type Leaf = Shape<Dynamic<ExprValue>>

function leafOf(plain: (node: YamlScalar) => ExprValue): Leaf {
  return dynamic<ExprValue>(
    { acceptsNull: true, read: (node) => (node.kind === 'scalar' ? plain(node) : undefined), schema: () => ({}) },
    { expected: 'a value', convert: (value) => value },
  )
}

/** Numbers keep their spelling (`1.10`, `012345678901`): whoever wants a number reads it from the text. */
function plainValue(node: YamlScalar): ExprValue {
  return typeof node.value === 'number' || typeof node.value === 'bigint' ? node.source : node.value
}

/** For values that become JSON: numbers are numbers, where that does not change their spelling. */
function jsonValue(node: YamlScalar): ExprValue {
  return typeof node.value === 'number' && String(node.value) === node.source ? node.value : plainValue(node)
}

const leaves = { text: leafOf(plainValue), json: leafOf(jsonValue) } as const

export function dynTree(o: { readonly doc?: string; readonly numbers?: keyof typeof leaves } = {}): Shape<DynamicTree> {
  const leaf = leaves[o.numbers ?? 'text']
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    acceptsNull: true,
    read: (node, report, path) => readTree(leaf, node, report, path),
    schema: () => withDoc({}, o.doc),
  }
}

function readTree(leaf: Leaf, node: YamlNode, report: Report, path: string): DynamicTree | undefined {
  if (node.kind === 'scalar') {
    const value = leaf.read(node, report, path)
    // A literal null is a value: `read` answers it as a literal, and undefined only after a report.
    return value === undefined ? undefined : { kind: 'value', value, at: node.at }
  }
  if (node.kind === 'seq') {
    const items = node.items.map((item, i) => readTree(leaf, item, report, `${path}[${i}]`))
    return items.every((item) => item !== undefined) ? { kind: 'list', items, at: node.at } : undefined
  }
  const entries = node.entries.map(({ key, value }) => ({ key, value: readTree(leaf, value, report, `${path}.${key}`) }))
  return entries.every((entry): entry is { key: string; value: DynamicTree } => entry.value !== undefined) ? { kind: 'map', entries, at: node.at } : undefined
}
