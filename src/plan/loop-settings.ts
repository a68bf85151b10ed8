/** What a `strategy:` says besides its turns: how they are called, how many run at once, what becomes of the rest after a failure. */
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import type { DynamicTree } from '../dynamic/tree.ts'
import type { ExprValue } from '../expr/value.ts'
import type { Strategy } from '../pipeline/strategy.ts'
import type { Turn } from './loop.ts'

export interface LoopSettings {
  /** Shown for each turn, resolved inside it. */
  readonly nodeName?: Dynamic<ExprValue> | Dynamic<Text>
  /** Absent: all of them. */
  readonly maxConcurrency?: number
  /** After a failure, turns that have not begun are skipped. */
  readonly skipQueued?: true
}

/** A matrix has its own settings among the axes. Names speak of the turn, so they wait for it. */
export function withoutNames(matrix: DynamicTree): { readonly axes: DynamicTree; readonly nodeName?: Dynamic<ExprValue> } {
  if (matrix.kind !== 'map') return { axes: matrix }
  const name = matrix.entries.find(({ key }) => key === 'nodeName')?.value
  const axes = { ...matrix, entries: matrix.entries.filter(({ key }) => key !== 'nodeName' && key !== 'when') }
  return { axes, ...(name?.kind === 'value' && { nodeName: name.value }) }
}

export function whenOf({ matrix, repeat }: Strategy): unknown {
  return repeat?.when ?? (matrix?.kind === 'map' ? matrix.entries.find(({ key }) => key === 'when') : undefined)
}

/** The turn as its loop calls it; its own label where the name is not known yet. */
export function named(turn: Turn, { nodeName }: LoopSettings, o: Resolving): Turn {
  if (nodeName === undefined) return turn
  const planned = resolve<ExprValue>(nodeName as Dynamic<ExprValue>, o)
  return planned?.kind === 'known' && typeof planned.value !== 'object' ? { ...turn, label: String(planned.value) } : turn
}

/** Of a planned loop. */
export function limitsOf({ maxConcurrency, skipQueued }: LoopSettings): Pick<LoopSettings, 'maxConcurrency' | 'skipQueued'> {
  return { ...(maxConcurrency !== undefined && { maxConcurrency }), ...(skipQueued !== undefined && { skipQueued }) }
}
