/** Why a step was not found in the cache: compared with the nearest step of earlier builds. Names of inputs, never their values. */
import { type Facts, hashedFact, looksSecret, type StepStory, type Story } from './story.ts'

export interface ExplainedStep {
  readonly stage: string
  readonly kind: StepStory['kind']
  readonly facts: Facts
  /** Content of each file by path. */
  readonly files: ReadonlyMap<string, string> | undefined
}

export interface Earlier {
  readonly stories: readonly Story[]
  readonly filesOf: (record: string) => Promise<ReadonlyMap<string, string> | undefined>
}

/** Stands for everything before the step. */
export const below = 'what is before it'

/** Empty: every input is that of an earlier build. `undefined`: there is no earlier step to compare with. */
export async function whyNot(step: ExplainedStep, earlier: Earlier): Promise<readonly string[] | undefined> {
  const candidates = earlier.stories.flatMap((story) =>
    story.steps.filter(({ kind }) => kind === step.kind).map((one) => ({ one, different: differentInputs(step, one, story.salt) })),
  )
  const nearest = candidates.toSorted((a, b) => distance(step, a) - distance(step, b))[0]
  if (nearest === undefined || distance(step, nearest) >= strange) return undefined
  return [...nearest.different, ...(await differentFiles(step, nearest.one, earlier))]
}

interface Candidate {
  readonly one: StepStory
  readonly different: readonly string[]
}

const strange = 1000

/** The same instruction counts most, then the stage, then how much is the same. */
function distance(step: ExplainedStep, { one, different }: Candidate): number {
  const sameText = !different.includes('the instruction')
  const elsewhere = one.stage === step.stage ? 0 : 100
  return different.length + elsewhere + (sameText ? 0 : elsewhere === 0 ? 50 : strange)
}

function differentInputs(step: ExplainedStep, one: StepStory, salt: string): readonly string[] {
  const names = new Set([...step.facts.keys(), ...Object.keys(one.inputs)])
  return [...names].flatMap((name) => {
    const [now, before] = [step.facts.get(name), one.inputs[name]]
    if (now === undefined) return [`${name} was given`]
    // What looks like a secret does not travel between machines, so that nothing is known of it here.
    if (before === undefined) return looksSecret(name) ? [] : [`${name} is new`]
    return hashedFact(salt, name, now) === before ? [] : [name]
  })
}

/** More would not be read. */
const most = 5

async function differentFiles(step: ExplainedStep, one: StepStory, earlier: Earlier): Promise<readonly string[]> {
  const before = one.files === undefined ? undefined : await earlier.filesOf(one.files)
  if (before === undefined || step.files === undefined) return []
  const told: string[] = []
  for (const [path, content] of step.files) {
    if (!before.has(path)) told.push(`file ${shown(path)} was added`)
    else if (before.get(path) !== content) told.push(`file ${shown(path)} changed`)
  }
  for (const path of before.keys()) if (!step.files.has(path)) told.push(`file ${shown(path)} was removed`)
  return told.length <= most ? told : [...told.slice(0, most), `and ${told.length - most} more files`]
}

function shown(path: string): string {
  return /[^\x20-\x7e]/.test(path) ? JSON.stringify(path) : path
}
