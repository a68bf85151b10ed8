/** A plan as people read it. */
import { humanDuration } from '../base/human.ts'
import type { Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import { describeWork } from '../plan/describe-work.ts'
import type { LoopPlan, Plan, StageMember, StagePlan, StepNode, StepPlan, WhenPlan } from '../plan/plan.ts'

export function renderPlan(plan: Plan): string {
  const lines = [`pipeline ${plan.pipeline.name} (${plan.pipeline.identifier})`]
  for (const node of plan.stages) {
    if (node.kind === 'parallel') lines.push('  in parallel', ...node.children.flatMap((member) => memberLines(member, '  ')))
    else lines.push(...memberLines(node, ''))
  }
  return `${lines.join('\n')}\n`
}

function memberLines(node: StageMember, indent: string): readonly string[] {
  if (node.kind === 'stage') return stageLines(node, indent)
  return [`${indent}  ${loopText(node)}`, ...node.children.flatMap((stage) => stageLines(stage, `${indent}  `))]
}

function loopText(loop: Pick<LoopPlan, 'name' | 'children' | 'maxConcurrency' | 'decided'> | Extract<StageMember, { kind: 'loop' }>): string {
  if (loop.decided !== undefined) return `loop ${loop.name}, turns known after ${loop.decided.until}`
  return `loop ${loop.name}, ${loop.children.length} turns${loop.maxConcurrency === undefined ? '' : `, ${loop.maxConcurrency} at once`}`
}

function stageLines(stage: StagePlan, indent: string): readonly string[] {
  const { on, declared } = stage.infrastructure
  const where = declared === 'none' ? on : `${on}, declared as ${declared}`
  return [`${indent}  stage ${stage.name} (${stage.identifier}) on ${where}${whenText(stage.when)}`, ...nodeLines(stage.steps, `${indent}    `)]
}

function nodeLines(nodes: readonly StepNode[], indent: string): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'step') return stepLines(node, indent)
    if (node.kind === 'group') return [`${indent}group ${node.name}${whenText(node.when)}`, ...nodeLines(node.children, `${indent}  `)]
    if (node.kind === 'loop') return [`${indent}${loopText(node)}`, ...nodeLines(node.children, `${indent}  `)]
    return [`${indent}in parallel`, ...nodeLines(node.children, `${indent}  `)]
  })
}

function stepLines(step: StepPlan, indent: string): readonly string[] {
  const limit = step.timeoutMs === undefined ? '' : `, at most ${humanDuration(step.timeoutMs)}`
  return [`${indent}${step.name} [${step.type}]${whenText(step.when)}${limit}`, ...describeWork(step.work).map((line) => `${indent}    ${line}`)]
}

function whenText(when: WhenPlan): string {
  const status = { Success: '', Failure: ', only after a failure', All: ', in any case' }[when.status]
  return when.condition === undefined ? status : `${status}, if ${plannedText(when.condition)}`
}

export function plannedText(planned: Planned<Text | boolean>): string {
  if (planned.kind === 'deferred') return `${planned.source} (known after ${planned.until})`
  return typeof planned.value === 'boolean' ? String(planned.value) : showText(planned.value)
}
