/** A node as plain JSON. What JSON cannot hold (infinities, huge integers) becomes the text as written. */
import type { Json } from '../base/json.ts'
import type { YamlNode } from './node.ts'

export function nodeToJson(node: YamlNode): Json {
  if (node.kind === 'seq') return node.items.map(nodeToJson)
  if (node.kind === 'scalar') {
    if (typeof node.value === 'bigint') return node.source
    return typeof node.value === 'number' && !Number.isFinite(node.value) ? node.source : node.value
  }
  // defineProperty by way of fromEntries: a key `__proto__` stays an ordinary member.
  return Object.fromEntries(node.entries.map((entry) => [entry.key, nodeToJson(entry.value)]))
}
