/** One turn of a loop: what `<+matrix.X>`, `<+repeat.item>` and `<+strategy.…>` mean inside. */
import { folder, type Slot, value } from '../expr/scope.ts'
import type { ExprValue } from '../expr/value.ts'
import { aggregate } from './current-status.ts'
import type { Knowledge } from './knowledge.ts'

export interface Turn {
  readonly index: number
  readonly count: number
  /** Path of the looped node; its turns have their postfix behind it. */
  readonly loop: string
  /** Ends the identifier: `_0`. */
  readonly postfix: string
  /** Shown behind the name: the axes' values, the item. */
  readonly label: string
  readonly matrix?: Readonly<Record<string, ExprValue>>
  readonly item?: ExprValue
}

/** `around`: every loop that the place is in, for `<+strategy.node.ID.currentStatus>`. */
export function turnSlots(turn: Turn, knowledge: Knowledge, around: readonly Turn[]): Record<string, Slot> {
  const nodes = around.map((one) => [one.loop.slice(one.loop.lastIndexOf('/') + 1), folder({ currentStatus: statusOf(one, knowledge) })] as const)
  return {
    strategy: folder({
      iteration: value(turn.index),
      iterations: value(turn.count),
      identifierPostFix: value(turn.postfix),
      currentStatus: statusOf(turn, knowledge),
      node: folder(Object.fromEntries(nodes)),
    }),
    ...(turn.matrix !== undefined && { matrix: folder(Object.fromEntries(Object.entries(turn.matrix).map(([axis, v]) => [axis, slotOf(v)]))) }),
    ...(turn.item !== undefined && { repeat: folder({ item: slotOf(turn.item), index: value(turn.index) }) }),
  }
}

/** Of the whole loop, while a turn of it runs. */
function statusOf({ loop, count }: Turn, knowledge: Knowledge): Slot {
  const turns = Array.from({ length: count }, (_, i) => `${loop}${postfixOf(i)}`)
  return aggregate(turns, knowledge, `the turns of ${loop}`)
}

/** More children than this is a mistake, not a plan. */
export const mostTurns = 256

export function postfixOf(index: number): string {
  return `_${index}`
}

/** Axis values may be maps: `<+matrix.service.name>`. */
function slotOf(v: ExprValue): Slot {
  if (typeof v !== 'object' || v === null || Array.isArray(v) || v instanceof Map || 'kind' in v) return value(v)
  return folder(Object.fromEntries(Object.entries(v).map(([key, member]) => [key, slotOf(member as ExprValue)])), v)
}
