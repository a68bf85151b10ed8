/** Finds the image that a push-only step names: among those of this run first, then where images are kept. */
import { diagnose } from '../base/diagnostic.ts'
import { isProblem, problem } from '../base/problem.ts'
import { stepPath } from '../events/step-path.ts'
import type { JobSource } from '../image-job/image-job.ts'
import type { OpenedImage } from '../ports/delivery.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown } from './reveal.ts'
import type { MadeImage } from './run-images.ts'

/** Whatever kind of step asks. */
type At = Pick<WorkAt<ImageWork>, 'step' | 'state' | 'context'>

type SourceOf<K extends JobSource['kind']> = Extract<JobSource, { readonly kind: K }>

/** Exactly that name; what it stands for only when nothing has it. */
export async function namedImage(source: SourceOf<'image'>, at: At): Promise<OpenedImage> {
  const ref = nowKnown(source.ref)
  if (source.viaAlias === undefined) return openNamed(ref, at)
  const { written } = source.viaAlias
  try {
    const exact = await openNamed(written, at)
    await at.context.note?.(diagnose('SOURCE_EXACT', { written, name: ref }))
    return exact
  } catch (error) {
    if (isProblem(error, 'IMAGE_NOT_STORED') || isProblem(error, 'IMAGE_NOWHERE')) return openNamed(ref, at)
    throw error
  }
}

export async function stageImage(source: SourceOf<'stage-image'>, at: WorkAt<ImageWork>): Promise<OpenedImage> {
  const made = source.step === undefined ? undefined : at.state.images.byStep(source.step)
  if (made !== undefined) return held(made)
  return source.ref === undefined ? namesake(at) : openNamed(nowKnown(source.ref), at)
}

/** Nobody knows what was built before: it is what has a name that is pushed to, as the originals have it, if all of those are one image. */
async function namesake(at: WorkAt<ImageWork>): Promise<OpenedImage> {
  const opened = await Promise.all(pushedTo(at).map((name) => openNamed(name, at).catch(unlessMissing)))
  const found = opened.filter((image) => image !== undefined)
  const digests = new Set(await Promise.all(found.map(({ image }) => image.digest())))
  const [first, ...others] = found
  for (const other of digests.size > 1 ? found : others) await other.close()
  if (first === undefined) throw problem('IMAGE_SOURCE_UNKNOWN', {}, { at: at.step.at })
  if (digests.size > 1) throw problem('IMAGE_NAMES_DIFFER', { names: pushedTo(at).join(', ') }, { at: at.step.at })
  return first
}

function pushedTo({ work: { plan } }: WorkAt<ImageWork>): readonly string[] {
  if (plan.kind !== 'job') return []
  return plan.job.outputs.flatMap((output) => (output.kind === 'registry' ? nowKnown(output.refs) : []))
}

function unlessMissing(error: unknown): undefined {
  if (isProblem(error, 'IMAGE_NOT_STORED') || isProblem(error, 'IMAGE_NOWHERE')) return undefined
  throw error
}

export interface ArchivedImage extends OpenedImage {
  /** Where it is on this machine. Absent: the run has it from another stage. */
  readonly file?: string
}

/** The file of this stage. Without it, what an image step of another stage wrote to that path. */
export async function archivedImage(source: SourceOf<'archive'>, at: At): Promise<ArchivedImage> {
  const { context, state } = at
  const path = nowKnown(source.path)
  const name = source.name === undefined ? undefined : nowKnown(source.name)
  try {
    const file = state.workspace.hostPath(path)
    return { ...(await context.images.openArchive(file, { signal: context.signal, ...(name !== undefined && { name }) })), file }
  } catch (error) {
    const handed = isProblem(error, 'ARCHIVE_NOT_FOUND') ? handedOver(path, at) : undefined
    if (handed === undefined) throw error
    const note = diagnose('ARCHIVE_HANDED_OVER', { path, stage: handed.stage, digest: handed.digest })
    await context.emit({ kind: 'step.note', step: stepPath(at.step.path), note })
    return held(handed)
  }
}

function handedOver(path: string, { state, step }: At): MadeImage | undefined {
  const candidates = state.images.byArchive(path).filter(({ stage }) => stage !== state.stage.path)
  if (new Set(candidates.map(({ digest }) => digest)).size > 1)
    throw problem('ARCHIVE_HANDED_AMBIGUOUS', { path, stages: candidates.map(({ stage }) => stage).join(', ') }, { at: step.at })
  return candidates[0]
}

async function openNamed(name: string, { context, state }: At): Promise<OpenedImage> {
  const made = state.images.byName(name)
  return made === undefined ? context.images.openStored(name, { signal: context.signal }) : held(made)
}

function held({ image }: MadeImage): OpenedImage {
  return { image, close: async () => undefined }
}
