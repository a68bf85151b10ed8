/** What a build was made of, step by step: kept so that a later build can say what is different. Values are kept as salted hashes only. */
import { createHash } from 'node:crypto'

/** Inputs of a step by the words in which people hear of them, such as `ARG VERSION`. */
export type Facts = ReadonlyMap<string, string>

export interface StepStory {
  readonly stage: string
  readonly kind: 'run' | 'copy' | 'folder'
  /** Hashes of the inputs. */
  readonly inputs: Readonly<Record<string, string>>
  /** The name of the record that lists the files. */
  readonly files?: string
  /** How the result is named. */
  readonly result: string
}

export interface Story {
  readonly salt: string
  readonly steps: readonly StepStory[]
}

export function hashedFact(salt: string, name: string, value: string): string {
  return createHash('sha256').update(`${salt}\0${name}\0${value}`).digest('base64url').slice(0, 16)
}

const secretive = /secret|token|passw|passphrase|credential|api_?key|private|auth|(?:^|_)key(?:$|_)|(?:^|_)pw(?:$|_)/i

/** Salted or not, a short secret can be found again from its hash: it stays on this machine. */
export function withoutSecrets(story: Story): Story {
  const kept = (step: StepStory) => Object.fromEntries(Object.entries(step.inputs).filter(([name]) => !looksSecret(name)))
  return { ...story, steps: story.steps.map((step) => ({ ...step, inputs: kept(step) })) }
}

export function looksSecret(name: string): boolean {
  return secretive.test(name)
}

/** Undefined for what is none; a story only explains, so that nothing depends on it. */
export function parseStory(value: unknown): Story | undefined {
  const { salt, steps } = (value ?? {}) as Partial<Story>
  if (typeof salt !== 'string' || !Array.isArray(steps)) return undefined
  return { salt, steps: steps.filter(isStep) }
}

function isStep(step: unknown): step is StepStory {
  const { stage, kind, inputs, files, result } = (step ?? {}) as Partial<StepStory>
  const fits = typeof stage === 'string' && (kind === 'run' || kind === 'copy' || kind === 'folder') && typeof result === 'string'
  const hashes = typeof inputs === 'object' && inputs !== null && Object.values(inputs).every((hash) => typeof hash === 'string')
  return fits && hashes && (files === undefined || /^files-[0-9a-f]{64}$/.test(files))
}
