/** Chooses the rows for which there is room; every stretch that is left out becomes one line that counts its steps. Pure. */
import type { NodeStatus } from '../../events/run-view.ts'
import type { NodeRow, Row } from './row.ts'
import { statusMarks } from './status-marks.ts'

export interface Fold {
  readonly kind: 'fold'
  readonly depth: number
  readonly status: NodeStatus
  readonly text: string
}

/** At most `room` rows. By rank, then by order: a parent's rank is never above those of its children, so it is not left out before them. */
export function fitRows(rows: readonly Row[], room: number): readonly (Row | Fold)[] {
  if (rows.length <= room) return rows
  const order = rows.map((_row, i) => i).sort((a, b) => (rows[a]?.rank ?? 0) - (rows[b]?.rank ?? 0) || a - b)
  // One row more never makes the whole shorter, so the most that fit can be halved for.
  let [fits, tooMany] = [0, rows.length]
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (folded(rows, new Set(order.slice(0, middle))).length <= room) fits = middle
    else tooMany = middle
  }
  return folded(rows, new Set(order.slice(0, fits))).slice(0, room)
}

function folded(rows: readonly Row[], kept: ReadonlySet<number>): readonly (Row | Fold)[] {
  const result: (Row | Fold)[] = []
  let hidden: NodeRow[] = []
  const close = (): void => {
    if (hidden.length > 0) result.push(fold(hidden))
    hidden = []
  }
  for (const [i, row] of rows.entries()) {
    if (kept.has(i)) {
      close()
      result.push(row)
    } else if (row.kind === 'node') hidden.push(row)
  }
  close()
  return result
}

const inOrder: readonly NodeStatus[] = ['running', 'failed', 'errored', 'aborted', 'waiting', 'passed', 'skipped']

function fold(hidden: readonly NodeRow[]): Fold {
  const leaves = hidden.filter((row) => row.leaf)
  const by = Map.groupBy(leaves, (row) => row.status)
  const kinds = inOrder.filter((status) => by.has(status))
  const [first = 'waiting'] = kinds
  const parts = kinds.map((status) => `${by.get(status)?.length ?? 0} ${statusMarks[status].word}`)
  const text = kinds.length === 1 ? `${leaves.length} more ${statusMarks[first].word}` : `${leaves.length} more: ${parts.join(', ')}`
  return { kind: 'fold', depth: Math.min(...hidden.map((row) => row.depth)), status: first, text }
}
