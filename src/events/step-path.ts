/** Names one node of a run: stage, group and step identifiers joined by '/', with `_0`, `_1` for looped ones. Unique within a run. */
import { type Brand, brandAs } from '../base/brand.ts'

export type StepPath = Brand<'StepPath'>

export function stepPath(...segments: readonly string[]): StepPath {
  return brandAs<StepPath>(segments.join('/'))
}
