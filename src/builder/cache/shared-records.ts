/** Which records a build exchanges with other places: those of layers that its request wants kept there. */
import type { CachedKind } from '../../image-job/cache-plan.ts'
import type { CacheRules } from '../../ports/builder.ts'

/** Records that only name contents go along: without them, what stands on a copy could not be found. */
const kinds: readonly (readonly [RegExp, CachedKind])[] = [
  [/^(?:run|result)-/, 'run'],
  [/^layer-/, 'copy'],
]

export function sharedRecords(rules: CacheRules | undefined): (name: string) => boolean {
  const held = new Set([...(rules?.unshared ?? []), ...(rules?.anew ?? [])])
  return (name) => !kinds.some(([pattern, kind]) => pattern.test(name) && held.has(kind))
}
