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

const leaf = dynamic<ExprValue>(
  { acceptsNull: true, read: (node) => (node.kind === 'scalar' ? plainValue(node) : undefined), schema: () => ({}) },
  { expected: 'a value', convert: (value) => value },
)

/** Numbers keep their spelling (`1.10`, `012345678901`): whoever wants a number reads it from the text. */
function plainValue(node: YamlScalar): ExprValue {
  return typeof node.value === 'number' || typeof node.value === 'bigint' ? node.source : node.value
}

export function dynTree(o: { readonly doc?: string } = {}): Shape<DynamicTree> {
  return { ...(o.doc !== undefined && { doc: o.doc }), acceptsNull: true, read: readTree, schema: () => withDoc({}, o.doc) }
}

function readTree(node: YamlNode, report: Report, path: string): DynamicTree | undefined {
  if (node.kind === 'scalar') {
    const value = leaf.read(node, report, path)
    // A literal null is a value: `read` answers it as a literal, and undefined only after a report.
    return value === undefined ? undefined : { kind: 'value', value, at: node.at }
  }
  if (node.kind === 'seq') {
    const items = node.items.map((item, i) => readTree(item, report, `${path}[${i}]`))
    return items.every((item) => item !== undefined) ? { kind: 'list', items, at: node.at } : undefined
  }
  const entries = node.entries.map(({ key, value }) => ({ key, value: readTree(value, report, `${path}.${key}`) }))
  return entries.every((entry): entry is { key: string; value: DynamicTree } => entry.value !== undefined) ? { kind: 'map', entries, at: node.at } : undefined
}
