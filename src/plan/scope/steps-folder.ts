/** `steps.X…`: inputs, status and outputs of the steps and groups in one list. What has not happened yet is known later. */
import type { Text } from '../../base/secret-text.ts'
import { absent, type Folder, folder, later, type Slot, value } from '../../expr/scope.ts'
import type { Step } from '../../pipeline/step.ts'
import type { StepNode } from '../../pipeline/step-nodes.ts'
import { declaredOutputs } from '../../steps/declared-outputs.ts'
import type { Knowledge } from '../knowledge.ts'

export function stepsFolder(nodes: readonly StepNode[], parent: string, knowledge: Knowledge): Folder {
  const leaves = [...leavesOf(nodes)]
  const slotOf = (leaf: Leaf, id: string): Slot => {
    const path = `${parent}/${id}`
    if (leaf.key === 'step') return stepSlot(leaf.value, path, knowledge)
    return folder({ ...nodeSlots(leaf.value, path, knowledge), steps: stepsFolder(leaf.value.steps, path, knowledge) })
  }
  return {
    kind: 'folder',
    names: () => leaves.map((leaf) => leaf.value.identifier),
    get(name) {
      const exact = leaves.find((leaf) => leaf.value.identifier === name)
      if (exact !== undefined) return slotOf(exact, name)
      // A looped node is named with the number of its turn: push_0, push_1.
      const looped = leaves.find((leaf) => leaf.value.strategy !== undefined && name.replace(/_\d+$/, '') === leaf.value.identifier)
      return looped === undefined ? undefined : slotOf(looped, name)
    },
  }
}

export type Leaf = Exclude<StepNode, { readonly key: 'parallel' }>

export function* leavesOf(nodes: readonly StepNode[]): Generator<Leaf> {
  for (const node of nodes) {
    if (node.key === 'parallel') yield* leavesOf(node.value)
    else yield node
  }
}

function stepSlot(step: Step, path: string, knowledge: Knowledge): Slot {
  return folder({ ...nodeSlots(step, path, knowledge), output: folder({ outputVariables: outputsSlot(step, path, knowledge) }) })
}

function nodeSlots(node: { readonly identifier: string; readonly name: string }, path: string, knowledge: Knowledge): Record<string, Slot> {
  const facts = knowledge.of(path)
  const status = facts === undefined ? later(`the end of ${node.identifier}`) : value(facts.status)
  const exitCode = facts === undefined ? status : facts.exitCode === undefined ? absent(`${node.identifier} has no exit code`) : value(facts.exitCode)
  return {
    identifier: value(node.identifier),
    name: value(node.name),
    status,
    currentStatus: status,
    exitCode,
    retryCount: facts === undefined ? status : value(facts.retries ?? 0),
  }
}

/** Names are checked against what the step says it gives; a plugin may give any name. */
function outputsSlot(step: Step, path: string, knowledge: Knowledge): Slot {
  const declared = declaredOutputs(step)
  const facts = knowledge.of(path)
  const get = (name: string): Slot | undefined => {
    const known = declared === 'any' || declared.includes(name)
    if (facts === undefined && knowledge.ahead?.(path) === true) return undefined
    if (facts === undefined) return known ? later(`the step ${step.identifier}`) : undefined
    const given = facts.outputs.get(name)
    if (given !== undefined) return value(numeric(step, name) ? numberOf(given) : given)
    return known ? { kind: 'absent', why: `the step ${step.identifier} ended as ${facts.status} without it` } : undefined
  }
  return { kind: 'folder', names: () => (declared === 'any' ? [...(facts?.outputs.keys() ?? [])] : declared), get }
}

function numeric(step: Step, name: string): boolean {
  return step.type === 'Run' && (step.spec.outputVariables ?? []).some((output) => output.name === name && output.type === 'Number')
}

function numberOf(text: Text): Text | number {
  return typeof text === 'string' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
