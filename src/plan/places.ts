/** The model behind each path of a plan: noted while planning, asked while running. Loops decided late add theirs then. */
import type { Span } from '../base/span.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import type { ExprValue } from '../expr/value.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { StepNode as StepModel } from '../pipeline/step-nodes.ts'
import type { Footprint } from './image-trail.ts'
import type { Site, StageSite, StepSite } from './site.ts'

export interface WhenModel {
  readonly condition?: Dynamic<ExprValue>
  readonly at: Span
}

export interface Place {
  readonly site: Site
  readonly when?: WhenModel | undefined
  /** Of a group: as its members are. */
  readonly inside?: StageSite
  /** The last image built before it. */
  readonly images?: Footprint | undefined
  /** For loops whose turns are decided when they are reached. */
  readonly loop?:
    | {
        readonly kind: 'step'
        readonly model: Exclude<StepModel, { key: 'parallel' }>
        readonly site: StageSite
        readonly parent: string
        readonly images: Footprint | undefined
      }
    | { readonly kind: 'stage'; readonly stage: Stage }
}

export interface Places {
  note(path: string, place: Place): void
  /** Whether planning has come past the node, or past the loop it is a turn of. */
  passed(path: string): boolean
  at(path: string): Place
  step(path: string): StepSite
}

export function places(): Places {
  const known = new Map<string, Place>()
  const at = (path: string): Place => {
    const place = known.get(path)
    if (place === undefined) throw new Error(`no node at ${path}`)
    return place
  }
  return {
    note: (path, place) => void known.set(path, place),
    passed: (path) => known.has(path) || known.has(path.replace(/_\d+(?=\/|$)/g, '')),
    at,
    step(path) {
      const { site } = at(path)
      const { stage, stagePath, step } = site
      if (stage === undefined || stagePath === undefined || step === undefined) throw new Error(`no step at ${path}`)
      return { ...site, stage, stagePath, step }
    },
  }
}
