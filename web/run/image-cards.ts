/** The images of a step as cards: one for each digest, its names under the registries that hold it. Pure. */
import { humanBytes, plural } from '../../src/base/human.ts'
import type { StepView } from '../../src/events/run-view.ts'

export interface ImageCard {
  readonly digest: string
  readonly facts: readonly string[]
  readonly registries: readonly { readonly host: string; readonly names: readonly ImageName[] }[]
}

export interface ImageName {
  readonly ref: string
  readonly tag: string
  readonly link?: string
}

export function imageCards({ built, delivered, published }: Pick<StepView, 'built' | 'delivered' | 'published'>): readonly ImageCard[] {
  const links = new Map((published?.images ?? []).flatMap(({ image, link }) => (link === undefined ? [] : [[bare(image), link] as const])))
  const names = [
    ...delivered.map(({ ref, digest }) => ({ ref, digest })),
    ...(published?.images ?? [])
      .map(({ image, digest }) => ({ ref: bare(image), digest }))
      .filter(({ ref }) => !delivered.some((one) => bare(one.ref) === ref)),
  ]
  const digests = [...new Set([...(built === undefined ? [] : [built.digest]), ...names.map(({ digest }) => digest)])]
  return digests.map((digest) => {
    const sized = delivered.find((one) => one.digest === digest)
    return {
      digest,
      facts:
        built?.digest === digest
          ? [humanBytes(built.bytes), plural(built.layers, 'layer'), ...(built.cached > 0 ? [`${built.cached} from the cache`] : [])]
          : sized === undefined
            ? []
            : [humanBytes(sized.bytes)],
      registries: byHost(names.filter((one) => one.digest === digest).map(({ ref }) => nameOf(ref, links.get(bare(ref))))),
    }
  })
}

function nameOf(ref: string, link: string | undefined): ImageName {
  const tag = /:([^:/@]+)$/.exec(ref.replace(/@sha256:.*$/, ''))?.[1] ?? 'digest'
  return { ref, tag, ...(link !== undefined && { link }) }
}

function byHost(names: readonly ImageName[]): ImageCard['registries'] {
  const hosts = Map.groupBy(names, ({ ref }) => hostOf(ref))
  return [...hosts].map(([host, inside]) => ({ host, names: inside }))
}

/** As docker reads names: the first part is a host when it looks like one. */
function hostOf(ref: string): string {
  const first = ref.split('/')[0] ?? ''
  return ref.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io'
}

/** Without what a registry adds to find it by. */
function bare(ref: string): string {
  return ref.replace(/@sha256:[0-9a-f]+$/, '')
}
