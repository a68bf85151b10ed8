/** Brings the image to all outputs of its job at once, tells each arrival, and collects what was refused. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { stepPath } from '../events/step-path.ts'
import type { ImageJob, ImageOutput } from '../image-job/image-job.ts'
import { saysImmutable } from '../image-job/immutable-tag.ts'
import type { PushedImage } from '../image-job/report-texts.ts'
import type { Image, Index } from '../oci/views.ts'
import type { Delivered, Destination } from '../ports/delivery.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import type { ImageFacts } from './image-facts.ts'
import { refusal } from './refusal.ts'
import { registryUse, repositoryWishes } from './registry-use.ts'
import { nowKnown } from './reveal.ts'

export interface DeliveredAll {
  /** What a registry holds now, each with the digest it has there. */
  readonly pushed: readonly PushedImage[]
  /** Archives and layouts that are written, as the job spells their paths. */
  readonly archives: readonly string[]
  readonly problems: readonly Diagnostic[]
}

export async function deliverImage(image: Image | Index, job: ImageJob, facts: ImageFacts, at: WorkAt<ImageWork>): Promise<DeliveredAll> {
  const arrivals = await Promise.all(job.outputs.map((output) => deliverOne(image, output, job, at)))
  const pushed: PushedImage[] = []
  const archives: string[] = []
  const problems: Diagnostic[] = []
  for (const { output, destination, results } of arrivals) {
    for (const result of results) {
      await tell(result, destination, facts, output, at)
      if (result.kind === 'refused') {
        const found = refusal(result.error, result.target, at)
        if (job.tagPolicy.immutableIsFine && saysImmutable(found.message)) await tellKept(result.target, found.message, at)
        else problems.push(found)
      } else if (destination.kind === 'registry') pushed.push({ ref: result.target, digest: result.digest })
      else if ('path' in output) archives.push(nowKnown(output.path))
    }
  }
  return { pushed, archives, problems }
}

async function deliverOne(image: Image | Index, output: ImageOutput, job: ImageJob, at: WorkAt<ImageWork>) {
  const { context, step } = at
  const destination = await destinationOf(output, job, at)
  const results = await context.deliveries[destination.kind].deliver(image, destination, {
    signal: context.signal,
    note: (note) => void context.emit({ kind: 'step.note', step: stepPath(step.path), note }),
    progress: (progress) => void context.emit({ kind: 'step.progress', step: stepPath(step.path), progress }),
  })
  return { output, destination, results }
}

async function destinationOf(output: ImageOutput, job: ImageJob, at: WorkAt<ImageWork>): Promise<Destination> {
  const { state } = at
  switch (output.kind) {
    case 'registry': {
      const [use, care] = [await registryUse(job, at), await repositoryWishes(job.repository, at)]
      return { kind: 'registry', refs: nowKnown(output.refs), use, care, skipExisting: job.tagPolicy.skipExisting }
    }
    case 'archive':
    case 'oci-layout':
      return { kind: output.kind, path: state.workspace.hostPath(nowKnown(output.path)), names: nowKnown(output.names) }
    case 'load':
      return { kind: 'load', names: nowKnown(output.names), ...(output.docker === true && { docker: true }) }
  }
}

async function tell(result: Delivered, destination: Destination, facts: ImageFacts, output: ImageOutput, { context, step }: WorkAt<ImageWork>): Promise<void> {
  if (result.kind === 'refused') return
  const path = stepPath(step.path)
  if (destination.kind === 'registry')
    await context.emit({ kind: 'image.delivered', step: path, ref: result.target, digest: result.digest, bytes: result.bytes })
  else if (destination.kind !== 'load')
    await context.emit({
      kind: 'file.written',
      step: path,
      file: { path: 'path' in output ? nowKnown(output.path) : result.target, bytes: result.bytes, digest: facts.digest },
    })
}

async function tellKept(target: string, reason: string, { context, step }: WorkAt<ImageWork>): Promise<void> {
  await context.emit({ kind: 'step.note', step: stepPath(step.path), note: diagnose('TAG_KEPT', { target, reason }, { at: step.at }) })
}
