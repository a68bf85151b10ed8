/** `pipeline.…`: the document, the facts of the run, and its stages. */

import { absent, folder, later, type Slot, source, value } from '../../expr/scope.ts'
import { stagesOfPipeline } from '../../pipeline/check-ids.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import type { Stage } from '../../pipeline/stage.ts'
import { codebaseKnown, untilCloned } from '../codebase-known.ts'
import { aggregate } from '../current-status.ts'
import { mostTurns, postfixOf, type Turn, turnSlots } from '../loop.ts'
import type { Site } from '../site.ts'
import { slotOf } from './codebase-folder.ts'
import { lazyFolder } from './lazy-folder.ts'
import { type Leaf, leavesOf, stepsFolder } from './steps-folder.ts'
import { variablesFolder } from './variables-folder.ts'

const start = 'the start of the run'
export const noPage = 'Slipway has no execution page of Harness'

export function pipelineFolder(site: Site): Slot {
  const { pipeline, facts } = site
  const fact = (known: string | number | undefined) => () => (known === undefined ? later(start) : value(known))
  return lazyFolder({
    identifier: () => value(pipeline.identifier),
    name: () => value(pipeline.name),
    sequenceId: fact(facts.sequenceId),
    executionId: fact(facts.executionId),
    resumedExecutionId: fact(facts.resumedExecutionId ?? facts.executionId),
    startTs: fact(facts.startTs),
    executionUrl: () => absent(noPage),
    executionMode: () => value('NORMAL'),
    storeType: () => value('INLINE'),
    triggerType: () => value('MANUAL'),
    triggeredBy: () => folder({ name: value('slipway'), email: absent('runs are started by hand') }),
    repo: () => fromCodebase(site, (codebase) => codebase.repoUrl),
    branch: () => fromCodebase(site, (codebase) => codebase.branch),
    orgIdentifier: () => value(pipeline.orgIdentifier ?? ''),
    projectIdentifier: () => value(pipeline.projectIdentifier ?? ''),
    tags: () =>
      folder(Object.fromEntries([...(pipeline.tags ?? [])].map(([key, tag]) => [key, tag.kind === 'literal' ? value(tag.value) : source(tag.node.source)]))),
    variables: () => variablesFolder(pipeline.variables, facts.variables),
    stages: () => stagesFolder(site),
  })
}

const byPipeline = new WeakMap<Pipeline, ReadonlyMap<string, Stage>>()

/** Pipelines are immutable: their stages are indexed once, however many steps look. */
function indexOf(pipeline: Pipeline): ReadonlyMap<string, Stage> {
  const known = byPipeline.get(pipeline) ?? new Map(stagesOfPipeline(pipeline).map((stage) => [stage.identifier, stage]))
  byPipeline.set(pipeline, known)
  return known
}

function stagesFolder(site: Site): Slot {
  const stages = indexOf(site.pipeline)
  return {
    kind: 'folder',
    names: () => stages.keys(),
    get(name) {
      const exact = stages.get(name)
      if (exact !== undefined) return stageFolder(exact, name, site)
      // A looped stage is named with the number of its turn.
      const looped = stages.get(name.replace(/_\d+$/, ''))
      return looped?.strategy === undefined ? undefined : stageFolder(looped, name, site)
    },
  }
}

function fromCodebase(site: Site, of: (codebase: CodebaseFacts) => string | undefined): Slot {
  const codebase = codebaseKnown(site)
  return codebase === 'later' ? later(untilCloned) : slotOf(of(codebase))
}

/** `turn` when the stage is looped and speaks about itself. */
export function stageFolder(stage: Stage, path: string, site: Site, turn?: Turn): Slot {
  const facts = site.knowledge.of(path)
  const status = facts === undefined ? later(`the end of the stage ${stage.identifier}`) : value(facts.status)
  const steps = stepsFolder(stage.spec.execution.steps, path, site.knowledge)
  return folder({
    identifier: value(stage.identifier),
    name: value(stage.name),
    type: value('CI'),
    description: absent('descriptions are not kept'),
    executionUrl: absent(noPage),
    status,
    currentStatus: status.kind === 'later' && path === site.stagePath ? statusInside(stage, path, site) : status,
    variables: variablesFolder(stage.variables),
    spec: folder({ execution: folder({ steps }) }),
    ...(turn !== undefined && turnSlots(turn, site.knowledge, [turn])),
  })
}

/** Of a stage that runs: what its steps and groups have come to. */
function statusInside(stage: Stage, path: string, { knowledge }: Site): Slot {
  const pathsOf = ({ value: { identifier, strategy } }: Leaf): readonly string[] =>
    Array.from({ length: strategy === undefined ? 1 : mostTurns }, (_, i) => `${path}/${identifier}${strategy === undefined ? '' : postfixOf(i)}`)
  return aggregate([...leavesOf(stage.spec.execution.steps)].flatMap(pathsOf), knowledge, `the run of the stage ${stage.identifier}`)
}
