/** Which images the steps before a place build, and under which names: what a push-only step may take. */
import type { BuiltImage } from '../image-job/push-source.ts'
import { wrongSettings } from '../steps/plan-image-work.ts'
import type { Knowledge } from './knowledge.ts'
import type { Places } from './places.ts'
import type { StepPlan } from './plan.ts'
import { planStep } from './plan-step.ts'

interface Entry {
  readonly path: string
  readonly stagePath: string
  readonly names: BuiltImage['names']
}

export interface ImageTrail {
  add(step: StepPlan, stagePath: string): void
  seenFrom(stagePath: string): readonly BuiltImage[]
  paths(): readonly string[]
  /** A trail that goes on from here beside others; `join` takes its new images in. */
  branch(): ImageTrail
  join(branch: ImageTrail): void
  readonly entries: readonly Entry[]
}

export function imageTrail(before: readonly Entry[] = []): ImageTrail {
  const entries: Entry[] = [...before]
  return {
    entries,
    add(step, stagePath) {
      const names = namesBuilt(step)
      if (names !== undefined) entries.push({ path: step.path, stagePath, names })
    },
    seenFrom: (stagePath) => entries.map((entry) => ({ step: entry.path, names: entry.names, sameStage: entry.stagePath === stagePath })),
    paths: () => entries.map((entry) => entry.path),
    branch: () => imageTrail(entries),
    join(branch) {
      for (const entry of branch.entries) if (!entries.some((known) => known.path === entry.path)) entries.push(entry)
    },
  }
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
export function trailOf(paths: readonly string[], places: Places, knowledge: Knowledge): ImageTrail {
  const trail = imageTrail()
  for (const path of paths) {
    const site = { ...places.step(path), knowledge }
    trail.add(
      planStep(site, path, [], () => undefined),
      site.stagePath,
    )
  }
  return trail
}

export function imagesBefore(path: string, places: Places, knowledge: Knowledge): readonly BuiltImage[] {
  const { imageSteps = [] } = places.at(path)
  return trailOf(imageSteps, places, knowledge).seenFrom(places.step(path).stagePath)
}
