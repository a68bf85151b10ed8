/** The output variables of an image step: the same ones in every mode and with every engine. */
import type { OutputVariable } from '../events/run-event.ts'
import type { ImageJob } from '../image-job/image-job.ts'
import type { PushedImage } from '../image-job/report-texts.ts'
import type { ImageFacts } from './image-facts.ts'
import { nowKnown } from './reveal.ts'

export interface ImageStory {
  readonly facts: ImageFacts
  readonly pushed: readonly PushedImage[]
  /** Only of a build. */
  readonly cachedLayers?: number
  readonly seconds: number
  readonly engine: string
  /** As the step names it. */
  readonly engineVersion?: string
}

export function imageOutputs(job: ImageJob, { facts, pushed, cachedLayers, seconds, engine, engineVersion }: ImageStory): Readonly<Record<string, string>> {
  const archive = job.outputs.find((output) => output.kind === 'archive')
  const layout = job.outputs.find((output) => output.kind === 'oci-layout')
  const first = pushed.find(({ digest }) => digest === facts.digest) ?? pushed[0]
  const values: Record<string, string | undefined> = {
    // A registry that kept its tag has another image under it, and that is the one to take.
    digest: first?.digest ?? facts.digest,
    image: first === undefined ? undefined : `${first.ref.replace(/:[^:/]+$/, '')}@${first.digest}`,
    imageRefs: pushed.map(({ ref }) => ref).join(',') || undefined,
    imageDigests: pushed.map(({ ref, digest }) => `${ref}@${digest}`).join(',') || undefined,
    IMAGE_TAR_PATH: archive === undefined ? undefined : nowKnown(archive.path),
    OCI_LAYOUT_PATH: layout === undefined ? undefined : nowKnown(layout.path),
    size: String(facts.bytes),
    layers: String(facts.layers),
    cachedLayers: cachedLayers === undefined ? undefined : String(cachedLayers),
    duration: seconds.toFixed(3),
    engine,
    engineVersion,
  }
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

export function asVariables(values: Readonly<Record<string, string>>): readonly OutputVariable[] {
  return Object.entries(values).map(([name, value]) => ({ name, value, secret: false }))
}
