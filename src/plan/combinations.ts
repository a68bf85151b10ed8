/** Arithmetic of loops: every combination of some axes without the excluded ones, and lists cut into parts. */
import type { ExprValue } from '../expr/value.ts'

export type Combination = Readonly<Record<string, ExprValue>>

/** The last axis changes fastest. An exclusion that names some of the axes drops every combination that agrees with it. */
export function combinations(axes: readonly (readonly [string, readonly ExprValue[]])[], exclude: readonly ExprValue[]): readonly Combination[] {
  let all: readonly Combination[] = axes.length === 0 ? [] : [{}]
  for (const [axis, items] of axes) all = all.flatMap((one) => items.map((item) => ({ ...one, [axis]: item })))
  return all.filter((one) => !exclude.some((rule) => agrees(one, rule)))
}

function agrees(one: Combination, rule: ExprValue): boolean {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return false
  return Object.entries(rule).every(([axis, wanted]) => JSON.stringify(one[axis]) === JSON.stringify(wanted))
}

export function partitions(items: readonly ExprValue[], size: unknown): readonly ExprValue[] {
  if (typeof size !== 'number' || size < 1) return items
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}
