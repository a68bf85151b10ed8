/** What a push-only job takes: an archive, a named image, or the one image built before it. */
import { diagnose } from '../base/diagnostic.ts'
import { mapPlanned, type Planned } from '../base/planned.ts'
import { familiarRef, parseSourceRef, showRef } from '../oci/ref.ts'
import type { JobSource, ViaAlias } from './image-job.ts'
import type { Knobs } from './knobs.ts'
import { absolutePath } from './paths.ts'

/** An image that an earlier step of this run builds. */
export interface BuiltImage {
  /** Path of the step, for messages. */
  readonly step: string
  readonly names: Planned<readonly string[]>
  readonly sameStage: boolean
}

export interface SourceContext {
  readonly workspace: string
  /** In order; absent when nobody knows what was built before. */
  readonly images?: () => readonly BuiltImage[]
  /** What this step pushes to. */
  readonly own: Planned<readonly string[]>
}

export function pushSource(k: Knobs, context: SourceContext): JobSource {
  const path = k.plain('sourceTarPath')
  const image = k.plain('sourceImage')
  if (path !== undefined) {
    const name = image === undefined ? undefined : mapPlanned(image, (text) => sourceName(k, text))
    return { kind: 'archive', path: mapPlanned(path, (p) => absolutePath(context.workspace, p)), ...(name !== undefined && { name }) }
  }
  if (image?.kind === 'deferred') return { kind: 'image', ref: image }
  return image === undefined ? stageImage(k, context) : namedImage(k, sourceName(k, image.value), context)
}

function sourceName(k: Knobs, text: string): string {
  const span = k.at('sourceImage')
  const parsed = parseSourceRef(text, span === undefined ? {} : { at: span })
  k.diagnostics.push(...parsed.diagnostics)
  return parsed.ok ? familiarRef(parsed.value) : text
}

/** Exactly that image first. Otherwise `X-buildx` is the image built as X in this run, as the original's samples write it. */
function namedImage(k: Knobs, written: string, { images }: SourceContext): JobSource {
  const plain: JobSource = { kind: 'image', ref: { kind: 'known', value: written } }
  const alias = aliasOf(written)
  const before = alias === undefined ? undefined : images?.()
  if (alias === undefined || before === undefined || before.some((image) => holds(image, written))) return plain
  const builder = before.find((image) => holds(image, alias))
  if (builder === undefined) return plain
  k.diagnostics.push(diagnose('JOB_SOURCE_ALIAS', { written, name: alias, step: builder.step }, { at: k.at('sourceImage') }))
  const viaAlias: ViaAlias = { written }
  return { kind: 'image', ref: { kind: 'known', value: alias }, viaAlias }
}

export function aliasOf(ref: string): string | undefined {
  return ref.endsWith('-buildx') ? ref.slice(0, -'-buildx'.length) : undefined
}

function holds(image: BuiltImage, name: string): boolean {
  return image.names.kind === 'known' && image.names.value.some((other) => full(other) === full(name))
}

function full(name: string): string {
  const parsed = parseSourceRef(name)
  return parsed.ok ? showRef(parsed.value) : name
}

/** Several candidates: the one that carries a name this step pushes to, as the original would find it, once the names are known. */
function stageImage(k: Knobs, { images, own }: SourceContext): JobSource {
  if (images === undefined) return { kind: 'stage-image' }
  const before = images()
  const here = before.filter((image) => image.sameStage)
  const pushed = own.kind === 'known' ? own.value : []
  const namesakes = here.filter((image) => pushed.some((name) => holds(image, name)))
  const [only, ...others] = namesakes.length === 1 ? namesakes : here
  if (only === undefined) {
    const elsewhere = before.map((image) => image.step)
    const built = elsewhere.length === 0 ? 'no image is built before it' : `images are built only in other stages: ${elsewhere.join(', ')}`
    k.diagnostics.push(diagnose('JOB_SOURCE_MISSING', { built }, { at: k.at('pushOnly') }))
    return { kind: 'stage-image' }
  }
  const unnamed = [own, ...here.map((image) => image.names)].filter((names) => names.kind === 'deferred')
  if (others.length > 0 && namesakes.length === 0 && unnamed.length > 0) {
    k.waits.push(...unnamed)
    return { kind: 'stage-image' }
  }
  if (others.length > 0) {
    k.diagnostics.push(diagnose('JOB_SOURCE_AMBIGUOUS', { candidates: here.map(describe).join('; ') }, { at: k.at('pushOnly') }))
    return { kind: 'stage-image' }
  }
  const name = mapPlanned(only.names, (names) => names[0] ?? '')
  return { kind: 'stage-image', step: only.step, ...(name.kind === 'deferred' || name.value !== '' ? { ref: name } : {}) }
}

function describe(image: BuiltImage): string {
  return `${image.step} (${image.names.kind === 'known' ? image.names.value.join(', ') : 'named at run time'})`
}
