/** `slipway mutate` and `slipway rebase`: a new image from one that exists, without a build; kept under names, delivered to targets. */
import { resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import { openStored, saveImage } from '../../media/stored-image.ts'
import { formatOf } from '../../oci/media-types.ts'
import { annotate, appendLayers, editRunConfig } from '../../oci/mutate.ts'
import { rebase } from '../../oci/rebase.ts'
import { showRef } from '../../oci/ref.ts'
import { setTimes } from '../../oci/set-times.ts'
import type { Image, Index } from '../../oci/views.ts'
import { imageFor } from '../../registry/pull.ts'
import type { ExitCode } from '../failures.ts'
import { changeImages } from '../images/change-images.ts'
import { checkTargets, type Delivered, deliverTo } from '../images/deliver-to.ts'
import { layerOfFile } from '../images/layer-of-file.ts'
import { localImages, sweepImages } from '../images/local-images.ts'
import { type OpenedSource, openSource } from '../images/open-source.ts'
import { pushProgress } from '../images/push-progress.ts'
import { referenceOf } from '../images/reference-of.ts'
import { reportDelivery } from '../images/report-delivery.ts'
import { type ClientOptions, withClient } from '../images/with-client.ts'
import { nameValues } from '../name-value.ts'
import type { World } from '../world.ts'
import { onePlatform } from './pull.ts'

interface ChangeOptions extends ClientOptions {
  readonly image?: string
  readonly platform?: string
  readonly tag: readonly string[]
  readonly json?: boolean
}

export interface MutateOptions extends ChangeOptions {
  readonly append: readonly string[]
  readonly label: readonly string[]
  readonly annotation: readonly string[]
  readonly env: readonly string[]
  readonly entrypoint?: string
  readonly cmd?: string
  readonly user?: string
  readonly workdir?: string
  readonly created?: string
}

export interface RebaseOptions extends ChangeOptions {
  readonly oldBase: string
  readonly newBase: string
}

export function mutateCommand(source: string, targets: readonly string[], o: MutateOptions, world: World): Promise<ExitCode> {
  const created = o.created === undefined ? undefined : timeOf(o.created)
  return changed(source, targets, o, world, async () => (image) => mutated(image, { ...o, created }, world))
}

export function rebaseCommand(source: string, targets: readonly string[], o: RebaseOptions, world: World): Promise<ExitCode> {
  return changed(source, targets, o, world, async (open) => {
    const [oldBase, newBase] = [await open(o.oldBase), await open(o.newBase)]
    return async (image) => {
      const { os, architecture, variant } = await image.config()
      const platform = { os, architecture, ...(variant !== undefined && { variant }) }
      return rebase(image, await imageFor(oldBase, platform, o.oldBase), await imageFor(newBase, platform, o.newBase))
    }
  })
}

type Change = (image: Image) => Promise<Image>

/** The new image is written to the image store first: layers that are made anew are made once, however many targets there are. */
async function changed(
  source: string,
  targets: readonly string[],
  o: ChangeOptions,
  world: World,
  changeWith: (open: (source: string) => Promise<Image | Index>) => Promise<Change>,
): Promise<ExitCode> {
  if (targets.length + o.tag.length === 0) throw problem('CHANGE_TARGET_NEEDED', {})
  checkTargets(targets)
  const names = o.tag.map(referenceOf)
  const { signal } = world
  const images = localImages(world.home)
  return withClient(o, world, async (client) => {
    const open: OpenedSource[] = []
    const openedFor = async (text: string, image?: string): Promise<Image | Index> => {
      const opened = await openSource(text, { client, ...(image !== undefined && { image }) }, world)
      open.push(opened)
      return opened.view
    }
    try {
      await sweepImages(images, world.clock.now())
      const view = await changeImages(await onePlatform(await openedFor(source, o.image), o.platform, source), await changeWith(openedFor))
      const descriptor = await saveImage(images.blobs, view, { signal })
      const kept = names.map((name): Delivered => ({ name: showRef(name), kind: 'delivered', digest: descriptor.digest, how: 'in the image store', facts: {} }))
      for (const { name } of kept) await images.names.set(name, descriptor)
      const progress = pushProgress(world)
      const stored = await openStored(images.blobs, descriptor)
      const results = await deliverTo(stored, targets, { client, signal, onEvent: progress.onEvent }, world).finally(progress.end)
      return reportDelivery([...kept, ...results], o, world)
    } finally {
      for (const one of open) await one.close()
    }
  })
}

async function mutated(image: Image, o: Omit<MutateOptions, 'created'> & { readonly created: Date | undefined }, world: World): Promise<Image> {
  let now = image
  const { signal, cwd } = world
  const { blobs } = localImages(world.home)
  const format = formatOf(image.mediaType)
  for (const file of o.append) {
    const layer = await layerOfFile(resolve(cwd, file), format, { signal, blobs, cwd })
    now = await appendLayers(now, [{ layer, history: { created_by: `slipway mutate --append ${file}` } }])
  }
  const labels = nameValues('--label', o.label)
  now = await editRunConfig(now, (run) => ({
    ...run,
    ...(o.label.length > 0 && { Labels: { ...run.Labels, ...labels } }),
    ...(o.env.length > 0 && { Env: withVariables(run.Env ?? [], nameValues('--env', o.env)) }),
    ...(o.entrypoint !== undefined && { Entrypoint: words(o.entrypoint), Cmd: [] }),
    ...(o.cmd !== undefined && { Cmd: words(o.cmd) }),
    ...(o.user !== undefined && { User: o.user }),
    ...(o.workdir !== undefined && { WorkingDir: o.workdir }),
  }))
  if (o.annotation.length > 0) now = await annotate(now, nameValues('--annotation', o.annotation))
  return o.created === undefined ? now : setTimes(now, o.created, { signal })
}

/** A JSON list, or words between spaces. */
function words(text: string): readonly string[] {
  if (!text.trim().startsWith('[')) return text.split(/\s+/).filter((word) => word !== '')
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list
  } catch {
    // Said below.
  }
  throw problem('AMOUNT_INVALID', { option: '--entrypoint or --cmd', text, example: '["/bin/app", "--serve"]' })
}

function withVariables(old: readonly string[], given: Readonly<Record<string, string>>): readonly string[] {
  const kept = old.map((line) => {
    const name = line.split('=')[0] ?? ''
    return Object.hasOwn(given, name) ? `${name}=${given[name]}` : line
  })
  const known = new Set(old.map((line) => line.split('=')[0]))
  return [...kept, ...Object.entries(given).flatMap(([name, value]) => (known.has(name) ? [] : [`${name}=${value}`]))]
}

/** A date, or seconds since 1970 as in SOURCE_DATE_EPOCH. */
function timeOf(text: string): Date {
  const time = /^\d+$/.test(text) ? new Date(Number(text) * 1000) : new Date(text)
  if (Number.isNaN(time.getTime())) throw problem('AMOUNT_INVALID', { option: '--created', text, example: '2024-01-02T03:04:05Z or a number of seconds' })
  return time
}
