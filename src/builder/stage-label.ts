/** What a stage is called in messages. */
import type { StageNode } from '../dockerfile/stages.ts'

export function stageLabel(node: StageNode): string {
  return node.stage.name ?? `stage-${node.stage.index}`
}
