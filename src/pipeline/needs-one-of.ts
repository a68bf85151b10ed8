/** Records of which one of some keys must be there, whichever. */
import { diagnose } from '../base/diagnostic.ts'
import type { YamlNode } from '../yaml/node.ts'
import { isNullNode } from '../yaml/node.ts'
import { mapped } from '../yaml/shape/combine.ts'
import { placeName, type Shape } from '../yaml/shape/shape.ts'

export function needsOneOf<T>(shape: Shape<T>, keys: readonly string[]): Shape<T> {
  const [first = ''] = keys
  const checked = mapped(shape, (value, { node, report, path }) => {
    if (keys.some((key) => has(node, key))) return value
    const hint = keys.length > 1 ? `one of these is needed: ${keys.join(', ')}` : undefined
    report(diagnose('YAML_MISSING_KEY', { key: first, where: placeName(path) }, { at: node.at, hint }))
    return undefined
  })
  return { ...checked, schema: (context) => ({ allOf: [shape.schema(context), { anyOf: keys.map((key) => ({ required: [key] })) }] }) }
}

function has(node: YamlNode, key: string): boolean {
  return node.kind === 'map' && node.entries.some((entry) => entry.key === key && !isNullNode(entry.value))
}
