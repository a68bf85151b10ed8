/** Lists made of planned parts: known when every part is, else waiting for the first that is not. */
import { known, type Planned } from '../base/planned.ts'

export function joinPlanned<T>(parts: readonly Planned<readonly T[]>[]): Planned<readonly T[]> {
  const joined: T[] = []
  for (const part of parts) {
    if (part.kind === 'deferred') return part
    joined.push(...part.value)
  }
  return known(joined)
}

export function allPlanned<A, B>(a: Planned<A>, b: Planned<B>): Planned<readonly [A, B]> {
  if (a.kind === 'deferred') return a
  return b.kind === 'deferred' ? b : known([a.value, b.value])
}
