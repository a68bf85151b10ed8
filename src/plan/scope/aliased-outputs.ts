/** `exportedVariables.getValue("stage.KEY.NAME")`: an output by the alias that its step has given it, wherever in that scope the step stands. */
import { absent, later, type Refused, type Slot, value } from '../../expr/scope.ts'
import type { Step } from '../../pipeline/step.ts'
import type { StepNode } from '../../pipeline/step-nodes.ts'
import type { Site } from '../site.ts'

const scopes = { pipeline: 'Pipeline', stage: 'Stage', stepGroup: 'StepGroup' } as const

export function aliasedOutput(text: string, site: Site): Slot | Refused {
  const [scope = '', key = '', ...rest] = text.split('.')
  const name = rest.join('.')
  if (!Object.hasOwn(scopes, scope) || name === '')
    return { kind: 'refused', why: `"${text}" is not SCOPE.KEY.NAME with a scope of pipeline, stage or stepGroup` }
  const wanted = scopes[scope as keyof typeof scopes]
  const found = [...stepsIn(wanted, site)].filter(({ step }) => aliasOf(step)?.key === key && aliasOf(step)?.scope === wanted)
  if (found.length === 0) return { kind: 'refused', why: `no step of the ${scope} has the outputAlias ${key}` }
  const given = found.flatMap(({ path }) => site.knowledge.of(path)?.outputs.get(name) ?? []).at(-1)
  if (given !== undefined) return value(given)
  const waiting = found.find(({ path }) => site.knowledge.of(path) === undefined)
  return waiting === undefined ? absent(`no step with the outputAlias ${key} has given ${name}`) : later(`the step ${waiting.step.identifier}`)
}

function aliasOf(step: Step): { readonly key: string; readonly scope: string } | undefined {
  return step.type === 'Run' ? step.spec.outputAlias : undefined
}

interface Placed {
  readonly step: Step
  readonly path: string
}

function* stepsIn(scope: (typeof scopes)[keyof typeof scopes], { pipeline, stage, stagePath, groups }: Site): Generator<Placed> {
  const group = groups.at(-1)
  if (scope === 'StepGroup') yield* group === undefined ? [] : placed(group.group.steps, group.path)
  else if (scope === 'Stage') yield* stage === undefined || stagePath === undefined ? [] : placed(stage.spec.execution.steps, stagePath)
  else
    for (const node of pipeline.stages)
      for (const one of node.key === 'stage' ? [node.value] : node.value.map((member) => member.value)) yield* placed(one.spec.execution.steps, one.identifier)
}

function* placed(nodes: readonly StepNode[], parent: string): Generator<Placed> {
  for (const node of nodes) {
    if (node.key === 'parallel') yield* placed(node.value, parent)
    else if (node.key === 'stepGroup') yield* placed(node.value.steps, `${parent}/${node.value.identifier}`)
    else yield { step: node.value, path: `${parent}/${node.value.identifier}` }
  }
}
