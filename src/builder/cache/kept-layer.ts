/** What the cache knows of a layer of this build: its records, what became of it, and what it was made of. */
import type { Changes } from '../layer/write-layer.ts'
import type { Facts } from './story.ts'

export type Outcome =
  | { readonly kind: 'hit'; readonly from: string }
  | { readonly kind: 'made' }
  /** Nobody asked for a layer. */
  | { readonly kind: 'unkept' }

export interface KeptLayer {
  fate(): Outcome
  /** Names the result: equal names, equal files. */
  result(): Promise<string>
  /** By which another machine finds the layer. Those of its blob only when it was written. */
  records(): Promise<readonly (readonly [string, string])[]>
  readonly facts: Facts
  /** Files that an instruction placed; absent for commands. */
  readonly changes?: Changes
}
