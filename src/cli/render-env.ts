/** The variables each image step would be started with by the original: what `plan --env` shows. Secrets by name only. */
import type { Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { Plan, StepNode } from '../plan/plan.ts'
import { describeExecutor } from './describe-executor.ts'

export function renderEnv(plan: Plan): string {
  const lines: string[] = []
  for (const node of plan.stages) {
    const stages = node.kind === 'stage' ? [node] : node.children.flatMap((member) => (member.kind === 'stage' ? [member] : member.children))
    for (const stage of stages) lines.push(...envLines(stage.steps))
  }
  return lines.length === 0 ? 'no image steps\n' : `${lines.join('\n')}\n`
}

function envLines(nodes: readonly StepNode[]): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.kind !== 'step') return envLines(node.children)
    if (node.work.kind !== 'image') return []
    const entries = Object.entries(node.work.env)
    const width = Math.max(0, ...entries.map(([name]) => name.length))
    const variables = entries.map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`)
    return [`${node.path} (tool ${node.work.tool.name})`, ...variables, ...(node.work.executor === undefined ? [] : describeExecutor(node.work.executor))]
  })
}

function shown(planned: Planned<Text>): string {
  return planned.kind === 'known' ? showText(planned.value) : `${planned.source} (known after ${planned.until})`
}
