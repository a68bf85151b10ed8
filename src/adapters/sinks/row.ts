/** One row of the live tree, before it is known how much room there is. */
import type { NodeStatus } from '../../events/run-view.ts'

/** A stage, a group or a step. */
export interface NodeRow {
  readonly kind: 'node'
  readonly depth: number
  /** Lower ones stay longer when there is little room. */
  readonly rank: number
  readonly status: NodeStatus
  /** Has no rows below: counted when it is folded away. */
  readonly leaf: boolean
  readonly strong: boolean
  readonly name: string
  readonly time: string
  /** Why it is as it is: a reason to skip, a failure, a wait. */
  readonly remark: string
  /** Its last words, shown behind its name when they have no row of their own. */
  readonly words: string
}

/** A line of what a running step says, or of what it transfers. */
export interface WordsRow {
  readonly kind: 'words'
  readonly depth: number
  readonly rank: number
  readonly text: string
}

export type Row = NodeRow | WordsRow

/** What people look at first stays longest. */
export const ranks = { asked: 0, running: 1, failed: 2, words: 3, next: 4, waiting: 5, over: 6, moreWords: 7 } as const
