/** After a step: what the artifact file says that it was told to write, as events. Nothing in it changes how the step ended. */
import * as v from 'valibot'
import { diagnose } from '../base/diagnostic.ts'
import type { PublishedLink } from '../events/run-event.ts'
import { stepPath } from '../events/step-path.ts'
import type { RunWork } from '../steps/work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

const variable = 'PLUGIN_ARTIFACT_FILE'

const links = v.object({
  kind: v.literal('fileUpload/v1'),
  data: v.object({ fileArtifacts: v.array(v.object({ name: v.optional(v.string(), ''), url: v.string() })) }),
})
const images = v.object({
  kind: v.literal('docker/v1'),
  data: v.object({
    registryType: v.optional(v.string(), ''),
    registryUrl: v.optional(v.string(), ''),
    images: v.array(v.object({ image: v.string(), digest: v.optional(v.string(), '') })),
  }),
})
const artifactFile = v.variant('kind', [links, images])

/** An event stays small. */
const most = 200

export async function tellLinks({ work, step, state, context }: WorkAt<RunWork>): Promise<void> {
  const named = work.env[variable]
  if (named === undefined || context.signal.aborted) return
  const path = stepPath(step.path)
  let file = variable
  try {
    file = await revealText(nowKnown(named), context)
    await state.workspace.bringHere?.({ signal: context.signal })
    const text: unknown = JSON.parse((await context.readFile(state.workspace.hostPath(file))).toString('utf8'))
    // Another program's file of that name, or one that fake makes up, publishes nothing.
    if (!v.is(v.object({ kind: v.unknown() }), text)) return
    const said = v.parse(artifactFile, text)
    if (said.kind === 'docker/v1')
      await context.emit({ kind: 'images.published', step: path, published: { ...said.data, images: said.data.images.slice(0, most) } })
    else await context.emit({ kind: 'links.published', step: path, links: said.data.fileArtifacts.slice(0, most).flatMap(linkOf) })
  } catch (error) {
    if (context.signal.aborted || isMissing(error)) return
    const reason = v.isValiError(error) ? 'it is no list of files or images' : error instanceof Error ? error.message : String(error)
    await context.emit({ kind: 'step.note', step: path, note: diagnose('ARTIFACT_FILE_UNREADABLE', { file, reason }, { at: step.at }) })
  }
}

/** Publishers write the name before the address: `name:::url`. Only addresses of the web are links. */
function linkOf({ name, url }: PublishedLink): readonly PublishedLink[] {
  const at = url.indexOf(':::')
  const address = at === -1 ? url : url.slice(at + 3)
  const shown = at > 0 ? url.slice(0, at) : name
  return /^https?:\/\//i.test(address) ? [{ name: shown === '' ? address : shown, url: address }] : []
}

/** A step need not have made anything. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
