/** After the deliveries: the files that a step names about its image, and what registries hold of it as an event. None of it can fail the step. */
import { stepPath } from '../events/step-path.ts'
import { artifactLink } from '../image-job/artifact-link.ts'
import type { ImageJob, Reports } from '../image-job/image-job.ts'
import { artifactText, cardText, digestText, metadataText, namesText, outputsText, type PushedImage, type ReportFacts } from '../image-job/report-texts.ts'
import { parseRef } from '../oci/ref.ts'
import { dockerHub } from '../oci/registry-host.ts'
import { describe, type Image, type Index } from '../oci/views.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import type { ImageFacts } from './image-facts.ts'
import { writeReportFile } from './report-file.ts'
import { nowKnown } from './reveal.ts'

export interface Reported {
  readonly job: ImageJob
  readonly image: Image | Index
  readonly facts: ImageFacts
  readonly pushed: readonly PushedImage[]
  readonly outputs: Readonly<Record<string, string>>
}

/** How a build went is told when it ends, whatever becomes of its image. */
type ReportFile = Exclude<keyof Reports, 'registryUrl' | 'registryType' | 'cacheMetricsFile'>

const texts = {
  digestFile: { what: 'digest file', text: digestText },
  nameDigestFile: { what: 'file of names with digests', text: (facts) => namesText(facts, { tags: false }) },
  nameTagDigestFile: { what: 'file of names with digests', text: (facts) => namesText(facts, { tags: true }) },
  artifactFile: { what: 'artifact file', text: artifactText },
  metadataFile: { what: 'metadata file', text: metadataText },
  cardFile: { what: 'card', text: cardText },
  outputFile: { what: 'file of output variables', text: outputsText },
} as const satisfies { readonly [F in ReportFile]: { readonly what: string; readonly text: (facts: ReportFacts) => string } }

export async function writeReports(told: Reported, at: WorkAt<ImageWork>): Promise<void> {
  const { reports } = told.job
  const facts = await reportFacts(told)
  await tellPublished(facts, at)
  for (const file of Object.keys(texts) as readonly ReportFile[]) {
    const path = reports[file]
    if (path !== undefined) await writeOne(file, nowKnown(path), facts, at)
  }
}

async function tellPublished({ pushed, registryType, registryUrl }: ReportFacts, { step, context }: WorkAt<ImageWork>): Promise<void> {
  if (pushed.length === 0) return
  const images = pushed.map(({ ref, digest }) => {
    const link = artifactLink(ref)
    return { image: ref, digest, ...(link !== undefined && { link }) }
  })
  await context.emit({ kind: 'images.published', step: stepPath(step.path), published: { registryType, registryUrl, images } })
}

async function writeOne(file: ReportFile, path: string, facts: ReportFacts, at: WorkAt<ImageWork>): Promise<void> {
  const { what, text } = texts[file]
  if (file !== 'cardFile' || !isOutput(path)) return writeReportFile({ what, path, text: text(facts) }, at)
  const { step, context } = at
  const stream = path === '/dev/stderr' ? 'err' : 'out'
  await context.emit({ kind: 'step.output', step: stepPath(step.path), stream, text: inLog(context.redactor.text(text(facts))) })
}

function isOutput(path: string): boolean {
  return path === '/dev/stdout' || path === '/dev/stderr'
}

/** The mark by which a runner of plugins finds a card in a log. */
function inLog(card: string): string {
  return `\u001B]1338;${Buffer.from(card).toString('base64')}\u001B]0m\n`
}

async function reportFacts({ job, image, facts, pushed, outputs }: Reported): Promise<ReportFacts> {
  const [first] = pushed
  const url = job.reports.registryUrl
  const link = first === undefined ? undefined : artifactLink(first.ref)
  const config = await configOf(image)
  return {
    descriptor: await describe(image),
    bytes: facts.bytes,
    ...(config !== undefined && { config }),
    named: pushed.length > 0 ? pushed : namesOf(job).map((ref) => ({ ref, digest: facts.digest })),
    pushed,
    registryType: job.reports.registryType,
    registryUrl: url === undefined ? addressOf(first?.ref) : nowKnown(url),
    ...(link !== undefined && { link }),
    outputs,
  }
}

/** A foreign archive may hold what has no image configuration. */
async function configOf(image: Image | Index): Promise<ReportFacts['config']> {
  if (image.kind === 'index') return undefined
  const { digest } = (await image.manifest()).config
  const config = await image.config().catch(() => undefined)
  if (config === undefined) return undefined
  const { created, author, architecture, os } = config
  return { digest, architecture, os, ...(created !== undefined && { created }), ...(author !== undefined && { author }) }
}

function namesOf(job: ImageJob): readonly string[] {
  for (const output of job.outputs) if (output.kind !== 'registry') return nowKnown(output.names)
  return []
}

function addressOf(ref: string | undefined): string {
  const parsed = ref === undefined ? undefined : parseRef(ref)
  if (parsed?.ok !== true) return ''
  const { registry } = parsed.value
  return registry === dockerHub ? 'https://index.docker.io/v1/' : `https://${registry}`
}
