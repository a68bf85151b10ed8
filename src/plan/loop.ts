/** One turn of a loop: what `<+matrix.X>`, `<+repeat.item>` and `<+strategy.…>` mean inside. */
import { folder, type Slot, value } from '../expr/scope.ts'
import type { ExprValue } from '../expr/value.ts'

export interface Turn {
  readonly index: number
  readonly count: number
  /** Ends the identifier: `_0`. */
  readonly postfix: string
  /** Shown behind the name: the axes' values, the item. */
  readonly label: string
  readonly matrix?: Readonly<Record<string, ExprValue>>
  readonly item?: ExprValue
}

export function turnSlots(turn: Turn): Record<string, Slot> {
  return {
    strategy: folder({ iteration: value(turn.index), iterations: value(turn.count), identifierPostFix: value(turn.postfix) }),
    ...(turn.matrix !== undefined && { matrix: folder(Object.fromEntries(Object.entries(turn.matrix).map(([axis, v]) => [axis, slotOf(v)]))) }),
    ...(turn.item !== undefined && { repeat: folder({ item: slotOf(turn.item), index: value(turn.index) }) }),
  }
}

/** Axis values may be maps: `<+matrix.service.name>`. */
function slotOf(v: ExprValue): Slot {
  if (typeof v !== 'object' || v === null || Array.isArray(v) || v instanceof Map || 'kind' in v) return value(v)
  return folder(Object.fromEntries(Object.entries(v).map(([key, member]) => [key, slotOf(member as ExprValue)])), v)
}
