/** Every node of a pipeline file with its path in names: list items go by their identifier or name, as expressions do. */
import { entryOf, type YamlNode } from '../yaml/node.ts'

export interface PlacedNode {
  readonly node: YamlNode
  readonly path: string
}

/** `pipeline.stages.build.spec.execution.steps.push.spec.repo`, `pipeline.variables.TAG`. */
export function* nodePaths(node: YamlNode, path = ''): Generator<PlacedNode> {
  yield { node, path }
  if (node.kind === 'map') for (const { key, value } of node.entries) yield* nodePaths(value, join(path, key))
  if (node.kind === 'seq') for (const [index, item] of node.items.entries()) yield* itemPaths(item, index, path)
}

function* itemPaths(item: YamlNode, index: number, path: string): Generator<PlacedNode> {
  const wrapped = onlyValue(item)
  const identifier = wordAt(wrapped, 'identifier')
  if (wrapped !== undefined && identifier !== undefined) return yield* nodePaths(wrapped, join(path, identifier))
  if (wrapped?.kind === 'seq') return yield* nodePaths(wrapped, path)
  const name = wordAt(item, 'name')
  const value = entryOf(item, 'value')?.value
  if (name !== undefined && value !== undefined) return yield* nodePaths(value, join(path, name))
  yield* nodePaths(item, `${path}[${index}]`)
}

/** The value behind `- step:` or `- parallel:`. */
function onlyValue(item: YamlNode): YamlNode | undefined {
  return item.kind === 'map' ? item.entries.find(({ key }) => ['step', 'stage', 'stepGroup', 'parallel'].includes(key))?.value : undefined
}

function wordAt(node: YamlNode | undefined, key: string): string | undefined {
  const value = entryOf(node, key)?.value
  return value?.kind === 'scalar' ? value.source : undefined
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
