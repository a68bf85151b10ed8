/** Where the image goes: registry, archive, layout, store. Build-only jobs always keep what they built. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { NonEmpty } from '../base/result.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { ArchiveFormat, ImageOutput, Mode } from './image-job.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'
import { allPlanned } from './planned-list.ts'

export interface OutputContext {
  readonly workspace: string
  readonly mode: Mode
  readonly repository?: Planned<string>
  readonly tags: Planned<readonly string[]>
  /** Raw buildx outputs, and whether its --load was given. */
  readonly raw: readonly Text[]
  readonly load: boolean
}

export function outputsOf(k: Knobs, context: OutputContext): readonly ImageOutput[] {
  const names = namesOf(context)
  const outputs: ImageOutput[] = []
  if (context.mode !== 'build-only') outputs.push({ kind: 'registry', refs: names })
  const tar = k.plain('tarPath')
  if (tar !== undefined) outputs.push({ kind: 'archive', path: mapPlanned(tar, (path) => absolutePath(context.workspace, path)), format: formatOf(k), names })
  const layout = k.plain('ociLayoutPath')
  if (layout !== undefined) outputs.push({ kind: 'oci-layout', path: mapPlanned(layout, (path) => absolutePath(context.workspace, path)), names })
  for (const raw of context.raw) outputs.push(...rawOutput(k, raw, names, context))
  const loads = k.on('load') || context.load
  if (context.mode === 'build-only' || loads) outputs.push({ kind: 'load', names, ...(loads && { docker: true }) })
  return outputs
}

/** Without a repository, as a build that only writes an archive may be, the image is called `image`. */
export function namesOf(context: { readonly repository?: Planned<string>; readonly tags: Planned<readonly string[]> }): Planned<NonEmpty<string>> {
  return mapPlanned(
    allPlanned(context.repository ?? known('image'), context.tags),
    ([repository, [first = 'latest', ...rest]]): NonEmpty<string> => [`${repository}:${first}`, ...rest.map((tag) => `${repository}:${tag}`)],
  )
}

function formatOf(k: Knobs): ArchiveFormat {
  const format = k.plain('outputFormat')
  if (format?.kind !== 'known') return 'docker'
  if (format.value === 'docker' || format.value === 'oci') return format.value
  k.diagnostics.push(diagnose('JOB_ARCHIVE_FORMAT', { format: format.value }, { at: k.at('outputFormat') }))
  return 'docker'
}

/** `type=oci,dest=FILE` and its kin. */
function rawOutput(k: Knobs, raw: Text, names: Planned<NonEmpty<string>>, context: OutputContext): readonly ImageOutput[] {
  const parts = new Map(
    showText(raw)
      .split(',')
      .map((part) => [part.split('=')[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1)]),
  )
  const type = parts.get('type') ?? 'local'
  const dest = parts.get('dest') ?? parts.get('destination')
  if ((type === 'docker' || type === 'oci') && dest !== undefined && dest !== '-') {
    return [{ kind: 'archive', path: known(absolutePath(context.workspace, dest)), format: type, names }]
  }
  if (type === 'docker') return [{ kind: 'load', names, docker: true }]
  const pushes = type === 'registry' || (type === 'image' && parts.get('push') === 'true')
  if (pushes && context.mode === 'build-only')
    k.diagnostics.push(diagnose('JOB_PUSH_OPTION', { option: '--output', noPush: k.name('noPush') }, { at: k.at('noPush') }))
  if (pushes || type === 'image') return []
  k.diagnostics.push(diagnose('JOB_OUTPUT_KIND', { output: showText(raw).slice(0, 80) }, { at: k.at('buildxOptions') }))
  return []
}
