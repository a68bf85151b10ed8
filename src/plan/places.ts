/** Finds the model behind each path of a plan. */
import type { Span } from '../base/span.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import type { ExprValue } from '../expr/value.ts'
import { stagesOfPipeline } from '../pipeline/check-ids.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { Step } from '../pipeline/step.ts'
import type { StepGroup, StepNode } from '../pipeline/step-nodes.ts'
import type { Site } from './site.ts'

export interface WhenModel {
  readonly condition?: Dynamic<ExprValue>
  readonly at: Span
}

export type StepSite = Site & { readonly stage: Stage; readonly step: Step }

export interface Places {
  step(path: string): StepSite
  site(path: string): Site
  when(path: string): WhenModel | undefined
}

interface Place {
  readonly site: Site
  readonly when: WhenModel | undefined
}

export function placesOf(base: Site): Places {
  const places = new Map<string, Place>()
  const addSteps = (nodes: readonly StepNode[], site: Site, parent: string): void => {
    for (const node of nodes) {
      if (node.key === 'parallel') addSteps(node.value, site, parent)
      else if (node.key === 'step') places.set(`${parent}/${node.value.identifier}`, { site: { ...site, step: node.value }, when: node.value.when })
      else addGroup(node.value, site, `${parent}/${node.value.identifier}`)
    }
  }
  const addGroup = (group: StepGroup, site: Site, path: string): void => {
    places.set(path, { site, when: group.when })
    addSteps(group.steps, { ...site, groups: [...site.groups, group] }, path)
  }
  for (const stage of stagesOfPipeline(base.pipeline)) {
    const site = { ...base, stage }
    places.set(stage.identifier, { site, when: stage.when })
    addSteps(stage.spec.execution.steps, site, stage.identifier)
  }
  const find = (path: string): Place => {
    const place = places.get(path)
    if (place === undefined) throw new Error(`no node at ${path}`)
    return place
  }
  return {
    site: (path) => find(path).site,
    when: (path) => find(path).when,
    step(path) {
      const { site } = find(path)
      if (site.stage === undefined || site.step === undefined) throw new Error(`no step at ${path}`)
      return { ...site, stage: site.stage, step: site.step }
    },
  }
}
