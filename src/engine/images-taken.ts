/** The images that a stage of an earlier run wrote to archives: later stages of a run that goes on from there take them as they would have then. */
import type { Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { RunEvent } from '../events/run-event.ts'
import { absolutePath } from '../image-job/paths.ts'
import type { Plan, StageNode, StepNode, StepPlan } from '../plan/plan.ts'
import type { Work } from '../steps/work.ts'
import type { RunContext } from './parts.ts'
import type { MadeImage } from './run-images.ts'

type ImagesTaken =
  | { readonly kind: 'there'; readonly images: readonly MadeImage[] }
  /** Not in the image store any more. */
  | { readonly kind: 'gone'; readonly path: string }

/** Workspaces are gone, and so are the files in them: it is the image store that still has what was in them, if nobody removed it. */
export async function imagesTaken(stage: string, events: readonly RunEvent[], plan: Plan, context: RunContext): Promise<ImagesTaken> {
  const images: MadeImage[] = []
  const wanted = wantedBy(plan)
  for (const [step, written] of archivesOf(events)) {
    const archives = written.filter(({ path }) => wanted(path))
    const [first] = archives
    if (first === undefined) continue
    const opened = await context.images.openDigest(first.digest, { signal: context.signal })
    if (opened === undefined) return { kind: 'gone', path: first.path }
    const names = events.flatMap((event) => (event.kind === 'image.delivered' && event.step === step ? [event.ref] : []))
    images.push({ step, stage, names, archives: archives.map(({ path }) => path), digest: first.digest, image: opened.image })
  }
  return { kind: 'there', images }
}

/** Archives that nobody opens are not looked for. One that is named only later may be any. */
function wantedBy({ stages }: Plan): (path: string) => boolean {
  const paths = new Set<string>()
  let any = false
  for (const { work } of stepsOf(stages)) {
    const path = archiveOpened(work)
    if (path === undefined) continue
    if (path.kind === 'known' && typeof path.value === 'string') paths.add(absolutePath('/harness', path.value))
    else any = true
  }
  return (path) => any || paths.has(path)
}

/** undefined: the step opens none. */
function archiveOpened(work: Work): Planned<Text> | undefined {
  if (work.kind === 'scan') return work.source.kind === 'archive' ? work.source.path : work.source.kind === 'later' ? work.source.waits : undefined
  if (work.kind !== 'image') return undefined
  if (work.plan.kind === 'deferred') return work.plan.waits[0]
  return work.plan.kind === 'job' && work.plan.job.source.kind === 'archive' ? work.plan.job.source.path : undefined
}

function* stepsOf(nodes: readonly (StageNode | StepNode)[]): Generator<StepPlan> {
  for (const node of nodes) {
    if (node.kind === 'step') yield node
    else yield* stepsOf(node.kind === 'stage' ? node.steps : node.children)
  }
}

interface Written {
  readonly path: string
  readonly digest: string
}

/** Only files that hold an image are told of with its digest. */
function archivesOf(events: readonly RunEvent[]): ReadonlyMap<string, readonly Written[]> {
  const found = new Map<string, Written[]>()
  for (const event of events) {
    const { path, digest } = event.kind === 'file.written' ? event.file : {}
    if (event.kind === 'file.written' && path !== undefined && digest !== undefined) found.set(event.step, [...(found.get(event.step) ?? []), { path, digest }])
  }
  return found
}
