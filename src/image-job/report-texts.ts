/** The files that a step writes about its image, as text. Programs of others read them: bytes, not only meanings, are the promise. */
import { humanBytes } from '../base/human.ts'
import { parseRef } from '../oci/ref.ts'
import { dockerHub } from '../oci/registry-host.ts'

export interface PushedImage {
  readonly ref: string
  readonly digest: string
}

export interface ReportFacts {
  /** Of the image, or of the index where there are several platforms. */
  readonly descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number }
  readonly bytes: number
  /** Of a single image. */
  readonly config?: { readonly digest: string; readonly created?: string; readonly author?: string; readonly architecture: string; readonly os: string }
  /** All that it is called: where it was pushed to, else what it was to be called. */
  readonly named: readonly PushedImage[]
  /** What a registry holds now. */
  readonly pushed: readonly PushedImage[]
  readonly registryType: string
  readonly registryUrl: string
  readonly link?: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Indented by tabs, without a last line break. */
export function artifactText({ registryType, registryUrl, pushed }: ReportFacts): string {
  const images = pushed.map(({ ref, digest }) => ({ image: ref, digest }))
  return asGoWrites(JSON.stringify({ kind: 'docker/v1', data: { registryType, registryUrl, images } }, null, '\t'))
}

export function digestText({ descriptor }: ReportFacts): string {
  return descriptor.digest
}

/** A line for each destination; Docker Hub goes by its old name here. */
export function namesText({ named }: ReportFacts, o: { readonly tags: boolean }): string {
  return named.map(({ ref, digest }) => `${fullName(ref, o.tags)}@${digest}\n`).join('')
}

function fullName(ref: string, tags: boolean): string {
  const parsed = parseRef(ref)
  if (!parsed.ok) return ref
  const { registry, repository, tag } = parsed.value
  return `${registry === dockerHub ? 'index.docker.io' : registry}/${repository}${tags ? `:${tag ?? 'latest'}` : ''}`
}

/** As buildx has it: keys in order, two spaces. */
export function metadataText({ descriptor, config, named }: ReportFacts): string {
  const platform = config === undefined ? undefined : { architecture: config.architecture, os: config.os }
  const metadata = {
    ...(config !== undefined && { 'containerimage.config.digest': config.digest }),
    'containerimage.descriptor': { ...descriptor, ...(platform !== undefined && { platform }) },
    'containerimage.digest': descriptor.digest,
    'image.name': named.map(({ ref }) => ref).join(','),
  }
  return asGoWrites(JSON.stringify(metadata, null, '  '))
}

const cardSchema = 'https://drone-plugins.github.io/drone-docker/card.json'

/** What the plugin for Docker tells of an image, one line of JSON. */
export function cardText({ config, bytes, named, pushed, link = '', descriptor }: ReportFacts): string {
  const tags = named.map(({ ref }) => ref)
  const created = config?.created ?? '0001-01-01T00:00:00Z'
  const data = {
    Id: config?.digest ?? descriptor.digest,
    RepoTags: tags,
    ParsedRepoTags: tags.map((Tag) => ({ Tag })),
    RepoDigests: [...new Set(pushed.map(({ ref, digest }) => `${ref.replace(/:[^:/]+$/, '')}@${digest}`))],
    Parent: '',
    Comment: '',
    Created: created,
    Container: '',
    DockerVersion: '',
    Author: config?.author ?? '',
    Architecture: config?.architecture ?? '',
    Os: config?.os ?? '',
    Size: bytes,
    VirtualSize: bytes,
    Metadata: { LastTagTime: created },
    SizeString: humanBytes(bytes),
    VirtualSizeString: humanBytes(bytes),
    Time: created,
    URL: link,
  }
  return asGoWrites(JSON.stringify({ schema: cardSchema, data }))
}

/** Lines of `NAME="value"` in the order of names; whole numbers stand bare. */
export function outputsText({ outputs }: ReportFacts): string {
  const lines = Object.entries(outputs).map(([name, value]) => (/^(?:0|-?[1-9]\d{0,17})$/.test(value) ? `${name}=${value}` : `${name}="${escaped(value)}"`))
  return `${lines.toSorted((a, b) => (a < b ? -1 : 1)).join('\n')}\n`
}

function escaped(value: string): string {
  const special: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r' }
  return value.replace(/[\n\r]|[\\"!$`]/g, (c) => special[c] ?? `\\${c}`)
}

/** The JSON of Go writes these characters as escapes. */
function asGoWrites(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
