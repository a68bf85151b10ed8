/** What stages and their instructions are called in messages. */
import type { Span } from '../base/span.ts'
import type { Stage } from '../dockerfile/parse.ts'
import type { StageNode } from '../dockerfile/stages.ts'
import type { BuildWorld } from './build-world.ts'
import type { Op } from './lower/op.ts'

export function stageLabel(node: StageNode): string {
  return node.stage.name ?? `stage-${node.stage.index}`
}

/** Names the stage's steps as BuildKit does: FROM an image and what makes layers count, the rest is not shown. */
export function stepTitles(node: StageNode, ops: readonly Op[], stages: readonly Stage[]): (op: Op | 'from') => string {
  const from = node.base.kind === 'image' ? 1 : 0
  const shown = ops.filter((op) => op.kind !== 'config')
  const total = from + shown.length
  const name = node.stage.name ?? (stages.length > 1 ? stageLabel(node) : '')
  return (op) => {
    const number = op === 'from' ? 1 : from + 1 + shown.indexOf(op as (typeof shown)[number])
    const lead = `[${name === '' ? '' : `${name} `}${String(number).padStart(String(total).length)}/${total}]`
    return `${lead} ${op === 'from' ? `FROM ${node.base.kind === 'image' ? node.base.name : 'scratch'}` : titleOf(op, stages)}`
  }
}

/** The history leaves out where a copy comes from; people want to see it. */
function titleOf(op: Op, stages: readonly Stage[]): string {
  if (op.kind === 'run') return op.title
  const told = op.createdBy.replace(/ # buildkit$/, '')
  if (op.kind !== 'copy' || op.from.kind === 'context') return told
  const from = op.from.kind === 'image' ? op.from.name : (stages[op.from.index]?.name ?? op.from.index)
  return told.replace(/^COPY /, `COPY --from=${from} `)
}

/** The title with the instruction as the Dockerfile has it: values of variables are not in it. */
export function plainTitle(title: string, at: Span, { file }: Pick<BuildWorld, 'file'>): string {
  const lead = /^\[[^\]]*\]/.exec(title)?.[0] ?? ''
  const lines = Array.from({ length: at.endLine - at.line + 1 }, (_, i) => file.file.line(at.line + i).trim())
  const text = at.file === file.file.name ? lines.join(' ').replace(/\\ /g, '') : at.file
  return `${lead} ${text.length > 120 ? `${text.slice(0, 117)}...` : text}`
}
