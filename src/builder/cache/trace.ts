/** Remembers what became of each step while a build goes on; at its end the story is kept, and explained when asked for. */
import { randomUUID } from 'node:crypto'
import type { BuildEvent, CacheFate } from '../../events/build-event.ts'
import type { CacheRules } from '../../ports/builder.ts'
import type { CacheOptions } from '../solve/layer-cache.ts'
import { below, type Earlier, whyNot } from './explain.ts'
import { listFiles, parseListing } from './file-listing.ts'
import type { KeptLayer } from './kept-layer.ts'
import { hashedFact, parseStory, type StepStory, type Story } from './story.ts'

export interface TracedStep {
  readonly stage: string
  readonly kind: StepStory['kind']
  /** As the Dockerfile has it: nothing expanded. */
  readonly title: string
  readonly kept: KeptLayer
}

export interface Ending {
  readonly cache: CacheOptions
  /** The record that holds the stories of earlier builds of this Dockerfile. */
  readonly record: string
  /** Those that came with imported caches. */
  readonly imported: () => Promise<readonly Story[]>
  readonly explain: boolean
  readonly rules: CacheRules | undefined
  readonly emit: (event: BuildEvent) => void
}

/** As many builds of one Dockerfile are remembered: branches are built in turns. */
const remembered = 4

export async function endTrace(steps: readonly TracedStep[], o: Ending): Promise<Story> {
  const own = await readStories(o)
  if (o.explain) await explainSteps(steps, { ...o, stories: [...own, ...(await o.imported())] })
  const story = await storyOf(steps, o)
  const same = own.some((one) => JSON.stringify(one.steps.map(stable)) === JSON.stringify(story.steps.map(stable)))
  if (!same && steps.length > 0) await o.cache.store.writeRecord(o.record, JSON.stringify([story, ...own].slice(0, remembered)), o.cache)
  return story
}

/** Hashes are salted anew for each story. */
function stable({ stage, kind, result, files }: StepStory): readonly unknown[] {
  return [stage, kind, result, files]
}

async function readStories({ cache, record }: Ending): Promise<readonly Story[]> {
  const text = await cache.store.readRecord(record, cache)
  try {
    const value: unknown = text === undefined ? [] : JSON.parse(text)
    return Array.isArray(value) ? value.flatMap((one: unknown) => parseStory(one) ?? []) : []
  } catch {
    return []
  }
}

async function storyOf(steps: readonly TracedStep[], { cache }: Ending): Promise<Story> {
  const salt = randomUUID()
  const told: StepStory[] = []
  for (const { stage, kind, kept } of steps) {
    const inputs = Object.fromEntries([...kept.facts].map(([name, value]) => [name, hashedFact(salt, name, value)]))
    const files = kept.changes === undefined ? undefined : await listFiles(kept.changes, cache)
    told.push({ stage, kind, inputs, result: await kept.result(), ...(files !== undefined && { files }) })
  }
  return { salt, steps: told }
}

async function explainSteps(steps: readonly TracedStep[], o: Ending & { readonly stories: readonly Story[] }): Promise<void> {
  const earlier: Earlier = {
    stories: o.stories,
    filesOf: async (record) => parseListing(await o.cache.store.readRecord(record, o.cache)),
  }
  for (const step of steps) {
    const fate = await fateOf(step, steps, earlier, o)
    o.emit({ kind: 'cache', title: step.title, ...fate })
  }
}

async function fateOf(step: TracedStep, all: readonly TracedStep[], earlier: Earlier, o: Ending): Promise<CacheFate> {
  const became = step.kept.fate()
  if (became.kind !== 'made') return became.kind === 'hit' ? { fate: 'hit', from: became.from } : { fate: 'unkept' }
  if (o.cache.noCache) return { fate: 'miss', because: ['--no-cache was given'] }
  if (o.rules?.anew.includes(step.kind === 'run' ? 'run' : 'copy') === true) return { fate: 'miss', because: ['layers of its kind are not kept'] }
  const { facts, changes } = step.kept
  const listed = changes === undefined ? undefined : await listFiles(changes, o.cache)
  const files = listed === undefined ? undefined : parseListing(await o.cache.store.readRecord(listed, o.cache))
  const reasons = await whyNot({ ...step, facts, files }, earlier)
  if (reasons === undefined) return { fate: 'miss', because: ['no earlier build has a step like it'] }
  const old = step.kind === 'run' && o.rules?.maxAgeMs !== undefined ? ', or is too old' : ''
  if (reasons.length === 0) return { fate: 'miss', because: [`nothing changed, but the result of the earlier build is not kept any more${old}`] }
  return { fate: 'miss', because: reasons.map((reason) => (reason === below ? stepBefore(step, all) : told(reason))) }
}

/** The first step of the stage that was carried out again; where there is none, another stage below it. */
function stepBefore(step: TracedStep, all: readonly TracedStep[]): string {
  const before = all.slice(0, all.indexOf(step)).filter((one) => one.stage === step.stage)
  const first = before.find((one) => one.kept.fate().kind !== 'hit' && one.kind !== 'folder')
  return first === undefined ? 'what it stands on changed' : `it stands on "${first.title}"`
}

function told(reason: string): string {
  return /^file |^and |is new$|was given$/.test(reason) ? reason : `${reason} changed`
}
