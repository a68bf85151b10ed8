/** The names an expression may use at a place of the pipeline. */
import { secretText } from '../../base/secret-text.ts'
import { absent, folder, type Scope, type Slot, value } from '../../expr/scope.ts'
import type { StepGroup } from '../../pipeline/step-nodes.ts'
import { codebaseKnown } from '../codebase-known.ts'
import type { Knowledge } from '../knowledge.ts'
import { type Turn, turnSlots } from '../loop.ts'
import type { Site } from '../site.ts'
import { aliasedOutput } from './aliased-outputs.ts'
import { codebaseFolder } from './codebase-folder.ts'
import { type LazyMembers, lazyFolder } from './lazy-folder.ts'
import { noPage, pipelineFolder, stageFolder } from './pipeline-folder.ts'
import { stepsFolder } from './steps-folder.ts'
import { variablesFolder } from './variables-folder.ts'

export function scopeAt(site: Site): Scope {
  return {
    root: lazyFolder({ pipeline: () => pipelineFolder(site), ...surroundings(site), ...stageMembers(site) }),
    call: (name, [first]) => {
      if (typeof first !== 'string') return undefined
      if (name === 'exportedVariables.getValue') return aliasedOutput(first, site)
      return name === 'secrets.getValue' ? value(secretText(first)) : undefined
    },
    functions: ['secrets.getValue', 'exportedVariables.getValue'],
  }
}

function surroundings(site: Site): LazyMembers {
  const { pipeline } = site
  const named = (id: string | undefined) => () => folder({ identifier: value(id ?? ''), name: value(id ?? '') })
  return {
    org: named(pipeline.orgIdentifier),
    project: named(pipeline.projectIdentifier),
    account: named('account'),
    trigger: () => absent('the run was started by hand'),
    secrets: () => folder({}),
    codebase: () => codebaseFolder(codebaseKnown(site)),
    exportedVariables: () => folder({}),
  }
}

/** Relative paths: `stage`, `execution`, `steps` of the innermost group, `step`, and the loop around them. */
function stageMembers(site: Site): LazyMembers {
  const { stage, stagePath, step, groups, knowledge } = site
  if (stage === undefined || stagePath === undefined) return {}
  const nodes = stage.spec.execution.steps
  const inner = groups.at(-1)
  const turns = [...(site.stageTurn === undefined ? [] : [site.stageTurn]), ...site.turns]
  return {
    stage: () => stageFolder(stage, stagePath, site, site.stageTurn),
    execution: () => folder({ steps: stepsFolder(nodes, stagePath, knowledge) }),
    steps: () => (inner === undefined ? stepsFolder(nodes, stagePath, knowledge) : stepsFolder(inner.group.steps, inner.path, knowledge)),
    stepGroup: inner === undefined ? undefined : () => groupFolder(inner.group, inner.turn, knowledge),
    // The innermost loop that has a matrix, an item, a number: what it does not have is the next one's.
    ...Object.fromEntries(turns.flatMap((turn) => Object.entries(turnSlots(turn, knowledge, turns)).map(([name, slot]) => [name, () => slot]))),
    step: step === undefined ? undefined : () => folder({ identifier: value(step.identifier), name: value(step.name), executionUrl: absent(noPage) }),
  }
}

function groupFolder(group: StepGroup, turn: Turn | undefined, knowledge: Knowledge): Slot {
  const own = { identifier: value(group.identifier), name: value(group.name), variables: variablesFolder(group.variables) }
  return folder({ ...own, ...(turn !== undefined && turnSlots(turn, knowledge, [turn])) })
}
