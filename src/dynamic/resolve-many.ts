/** Lists, maps and trees of dynamic values. One part that is known later makes the whole known later. */
import type { Deferred, Planned } from '../base/planned.ts'
import { known } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { ExprValue } from '../expr/value.ts'
import { type Resolving, resolve } from './resolve.ts'
import type { DynamicList, DynamicMap } from './shapes.ts'
import type { DynamicTree } from './tree.ts'

/** Each value is planned by itself: a script may run with nine variables known and the tenth about to be. */
export function resolveMap(map: DynamicMap, o: Resolving): Readonly<Record<string, Planned<Text>>> {
  const values: Record<string, Planned<Text>> = {}
  for (const [key, value] of map) {
    const planned = resolve(value, o)
    if (planned !== undefined) values[key] = planned
  }
  return values
}

export function resolveList(list: DynamicList, o: Resolving): Planned<readonly Text[]> | undefined {
  return 'kind' in list ? resolve(list, o) : together(list.map((item) => resolve(item, o)))
}

export function resolveTree(tree: DynamicTree, o: Resolving): Planned<ExprValue> | undefined {
  if (tree.kind === 'value') return resolve(tree.value, o)
  if (tree.kind === 'list') return together(tree.items.map((item) => resolveTree(item, o)))
  const values = together(tree.entries.map((entry) => resolveTree(entry.value, o)))
  if (values?.kind !== 'known') return values
  return known(Object.fromEntries(tree.entries.map((entry, i) => [entry.key, values.value[i] ?? null])))
}

/** Several deferred parts wait for all that they wait for; the text shown is the first one's. */
function together<T>(parts: readonly (Planned<T> | undefined)[]): Planned<readonly T[]> | undefined {
  const planned = parts.filter((part) => part !== undefined)
  if (planned.length < parts.length) return undefined
  const deferred = planned.filter((part): part is Deferred => part.kind === 'deferred')
  const first = deferred[0]
  if (first !== undefined) return { ...first, until: [...new Set(deferred.map((part) => part.until))].join(', ') }
  return known(planned.flatMap((part) => (part.kind === 'known' ? [part.value] : [])))
}
