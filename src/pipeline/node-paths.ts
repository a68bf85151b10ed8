/** Every node of a pipeline file with its path in names: list items go by their identifier or name, as expressions do. */
import { entryOf, type YamlNode } from '../yaml/node.ts'

export type Visit = (node: YamlNode, path: string) => void

/** `pipeline.stages.build.spec.execution.steps.push.spec.repo`, `pipeline.variables.TAG`. */
export function visitNodes(node: YamlNode, visit: Visit, path = ''): void {
  visit(node, path)
  if (node.kind === 'map') for (const { key, value } of node.entries) visitNodes(value, visit, join(path, key))
  if (node.kind === 'seq') for (const [index, item] of node.items.entries()) visitItem(item, visit, path, index)
}

function visitItem(item: YamlNode, visit: Visit, path: string, index: number): void {
  const wrapped = onlyValue(item)
  const identifier = wordAt(wrapped, 'identifier')
  const name = wordAt(item, 'name')
  const value = entryOf(item, 'value')?.value
  if (wrapped !== undefined && identifier !== undefined) visitNodes(wrapped, visit, join(path, identifier))
  else if (wrapped?.kind === 'seq') visitNodes(wrapped, visit, path)
  else if (name !== undefined && value !== undefined) visitNodes(value, visit, join(path, name))
  else visitNodes(item, visit, `${path}[${index}]`)
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
