/** What an image step says of the container that its builder runs in, where it has one. */
import { known, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { YamlFields } from '../settings/read-yaml.ts'
import type { YamlValue } from '../settings/yaml-value.ts'
import type { ImageToRun } from './image-to-run.ts'

export type ContainerWishes = Pick<ImageToRun, 'user' | 'memory' | 'cpu' | 'requests'>

export function containerWishes(fields: YamlFields): ContainerWishes {
  const at = (...path: readonly string[]): Planned<Text> | undefined => leafOf(fields, path)
  const [user, memory, cpu] = [at('runAsUser'), at('resources', 'limits', 'memory'), at('resources', 'limits', 'cpu')]
  const least = amounts(at('resources', 'requests', 'memory'), at('resources', 'requests', 'cpu'))
  return { ...(user !== undefined && { user }), ...amounts(memory, cpu), ...(Object.keys(least).length > 0 && { requests: least }) }
}

function amounts(memory: Planned<Text> | undefined, cpu: Planned<Text> | undefined) {
  return { ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }) }
}

/** A part of what is known later is known later. */
function leafOf(fields: YamlFields, [field = '', ...path]: readonly string[]): Planned<Text> | undefined {
  const planned = fields.get(field)?.value
  if (planned?.kind !== 'known') return planned
  let value: YamlValue | undefined = planned.value
  for (const key of path) value = isMap(value) ? value[key] : undefined
  return typeof value === 'string' || typeof value === 'number' ? known(String(value)) : undefined
}

function isMap(value: YamlValue | undefined): value is { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('kind' in value)
}
