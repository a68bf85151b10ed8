/** What stages and their instructions are called in messages. */
import type { StageNode } from '../dockerfile/stages.ts'
import type { Op } from './lower/op.ts'

export function stageLabel(node: StageNode): string {
  return node.stage.name ?? `stage-${node.stage.index}`
}

/** Names the stage's steps as BuildKit does: FROM an image and what makes layers count, the rest is not shown. */
export function stepTitles(node: StageNode, ops: readonly Op[], stages: number): (op: Op | 'from') => string {
  const from = node.base.kind === 'image' ? 1 : 0
  const shown = ops.filter((op) => op.kind !== 'config')
  const total = from + shown.length
  const name = node.stage.name ?? (stages > 1 ? stageLabel(node) : '')
  return (op) => {
    const number = op === 'from' ? 1 : from + 1 + shown.findIndex((one) => one === op)
    const lead = `[${name === '' ? '' : `${name} `}${String(number).padStart(String(total).length)}/${total}]`
    return `${lead} ${op === 'from' ? `FROM ${node.base.kind === 'image' ? node.base.name : 'scratch'}` : titleOf(op)}`
  }
}

function titleOf(op: Op): string {
  return op.kind === 'run' ? op.title : op.createdBy.replace(/ # buildkit$/, '')
}
