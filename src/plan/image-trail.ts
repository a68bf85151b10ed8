/** Which images the steps before a place build, and under which names: what a push-only step may take. */
import type { BuiltImage } from '../image-job/push-source.ts'
import { wrongSettings } from '../steps/plan-image-work.ts'
import type { Knowledge } from './knowledge.ts'
import type { Places } from './places.ts'
import type { StepPlan } from './plan.ts'
import { planStep } from './plan-step.ts'

/** One image, and where the trail was before it. Places share what lies behind them, so keeping it at every step costs nothing. */
export interface Footprint {
  readonly path: string
  readonly stagePath: string
  readonly names: BuiltImage['names']
  readonly before: Footprint | undefined
}

export interface ImageTrail {
  add(step: StepPlan, stagePath: string): void
  seenFrom(stagePath: string): readonly BuiltImage[]
  /** The last image so far, and through it all others. */
  last(): Footprint | undefined
  /** A trail that goes on from here beside others; `join` takes its new images in. */
  branch(): ImageTrail
  join(branch: ImageTrail): void
  readonly start: Footprint | undefined
}

export function imageTrail(start?: Footprint): ImageTrail {
  let last = start
  return {
    start,
    last: () => last,
    add(step, stagePath) {
      const names = namesBuilt(step)
      if (names !== undefined) last = { path: step.path, stagePath, names, before: last }
    },
    seenFrom: (stagePath) => inOrder(last).map(({ path, names, ...of }) => ({ step: path, names, sameStage: of.stagePath === stagePath })),
    branch: () => imageTrail(last),
    join(branch) {
      for (const one of inOrder(branch.last(), branch.start)) last = { ...one, before: last }
    },
  }
}

function inOrder(last: Footprint | undefined, start?: Footprint): readonly Footprint[] {
  const found: Footprint[] = []
  for (let one = last; one !== undefined && one !== start; one = one.before) found.push(one)
  return found.reverse()
}

/** Push-only steps build nothing; every other image step keeps its image under all of its names. */
function namesBuilt({ path, work }: StepPlan): BuiltImage['names'] | undefined {
  if (work.kind !== 'image') return undefined
  // What a step with wrong settings would build is not known: it may be what a later step takes.
  if (work.plan.kind === 'skip' && work.plan.because === wrongSettings) return { kind: 'deferred', source: path, until: 'its settings are mended' }
  if (work.plan.kind !== 'job' || work.plan.job.mode === 'push-only') return undefined
  for (const output of work.plan.job.outputs) {
    if (output.kind === 'registry') return output.refs
    return output.names
  }
  return undefined
}

/** The same trail when a run has come so far: names that waited for a step are known now. */
export function trailOf(last: Footprint | undefined, places: Places, knowledge: Knowledge): ImageTrail {
  const trail = imageTrail()
  for (const { path } of inOrder(last)) {
    const site = { ...places.step(path), knowledge }
    trail.add(
      planStep(
        site,
        path,
        () => [],
        () => undefined,
      ),
      site.stagePath,
    )
  }
  return trail
}

export function imagesBefore(path: string, places: Places, knowledge: Knowledge): readonly BuiltImage[] {
  return trailOf(places.at(path).images, places, knowledge).seenFrom(places.step(path).stagePath)
}
