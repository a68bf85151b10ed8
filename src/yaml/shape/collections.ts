/** Shapes of lists and of maps with free keys. */
import { diagnose } from '../../base/diagnostic.ts'
import { describeNode, isNullNode, type YamlNode } from '../node.ts'
import { keyPath, type Report, type Shape, withDoc } from './shape.ts'

export interface ListOptions {
  readonly doc?: string
  readonly nonEmpty?: boolean
}

/** All items are read; the list is undefined when one of them is wrong. */
export function list<T>(item: Shape<T>, o: ListOptions = {}): Shape<readonly T[]> {
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      if (node.kind !== 'seq') return wrongKind(node, report, path, 'a list')
      if (o.nonEmpty === true && node.items.length === 0) return wrongKind(node, report, path, 'a list with at least one item', 'an empty list')
      return readItems(item, node.items, report, path)
    },
    schema: (context) => withDoc({ type: 'array', items: item.schema(context), ...(o.nonEmpty === true && { minItems: 1 }) }, o.doc),
  }
}

/** A single item may stand without its dash. */
export function listOrOne<T>(item: Shape<T>, o: ListOptions = {}): Shape<readonly T[]> {
  const many = list(item, o)
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      if (node.kind === 'seq') return many.read(node, report, path)
      const value = item.read(node, report, path)
      return value === undefined ? undefined : [value]
    },
    schema: (context) => withDoc({ anyOf: [item.schema(context), many.schema(context)] }, o.doc),
  }
}

function readItems<T>(item: Shape<T>, items: readonly YamlNode[], report: Report, path: string): readonly T[] | undefined {
  const values: T[] = []
  for (const [index, node] of items.entries()) {
    const value = item.read(node, report, `${path}[${index}]`)
    if (value !== undefined) values.push(value)
  }
  return values.length === items.length ? values : undefined
}

/** Free keys, values of one shape, in the order of the file. A Map, because a key may be any word, `constructor` too. */
export function mapOf<T>(value: Shape<T>, o: { readonly doc?: string } = {}): Shape<ReadonlyMap<string, T>> {
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      if (node.kind !== 'map') return wrongKind(node, report, path, 'a map')
      const values = new Map<string, T>()
      let wrong = false
      for (const entry of node.entries) {
        const place = keyPath(path, entry.key)
        if (isNullNode(entry.value) && value.acceptsNull !== true) {
          report(diagnose('YAML_EMPTY_VALUE', { path: place }, { at: entry.keyAt }))
          continue
        }
        const read = value.read(entry.value, report, place)
        if (read === undefined) wrong = true
        else values.set(entry.key, read)
      }
      return wrong ? undefined : values
    },
    schema: (context) => withDoc({ type: 'object', additionalProperties: value.schema(context) }, o.doc),
  }
}

export function wrongKind(node: YamlNode, report: Report, path: string, expected: string, found: string = describeNode(node)): undefined {
  report(diagnose('YAML_WRONG_KIND', { path: path || 'document', expected, found }, { at: node.at }))
  return undefined
}
