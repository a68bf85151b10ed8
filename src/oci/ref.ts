/** Image references: `[registry/]repository[:tag][@digest]` parsed once into a value, Docker Hub's many spellings made one. */
import { diagnose } from '../base/diagnostic.ts'
import type { Checked } from '../base/result.ts'
import type { Span } from '../base/span.ts'
import { type Digest, isDigest } from './digest.ts'
import { dockerHub, isRegistryHost, normalRegistry } from './registry-host.ts'

export interface RepositoryRef {
  /** Host and port as written, except that all forms of Docker Hub are `docker.io`. */
  readonly registry: string
  readonly repository: string
}

export interface ImageRef extends RepositoryRef {
  readonly tag?: string
  readonly digest?: Digest
}

export interface RefOptions {
  readonly at?: Span
}

const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

export function parseRef(text: string, o: RefOptions = {}): Checked<ImageRef> {
  const parts = splitRef(text)
  const reason = typeof parts === 'string' ? parts : faultOf(parts)
  if (reason !== undefined || typeof parts === 'string') {
    return { ok: false, diagnostics: [diagnose('REF_INVALID', { text: text.slice(0, 300), reason: reason ?? '' }, o)] }
  }
  const { registry, repository, tag, digest } = parts
  const value: ImageRef = { registry, repository, ...(tag !== undefined && { tag }), ...(digest !== undefined && isDigest(digest) && { digest }) }
  return { ok: true, value, diagnostics: [] }
}

/** As `parseRef`, for a source image: no tag, or an empty one, means `latest`, and a note says so. */
export function parseSourceRef(text: string, o: RefOptions = {}): Checked<ImageRef> {
  const trimmed = text.endsWith(':') ? text.slice(0, -1) : text
  const parsed = parseRef(trimmed, o)
  if (!parsed.ok || parsed.value.tag !== undefined || parsed.value.digest !== undefined) return parsed
  return { ok: true, value: { ...parsed.value, tag: 'latest' }, diagnostics: [diagnose('REF_TAG_DEFAULTED', { text }, o)] }
}

export function parseTag(text: string, o: RefOptions = {}): Checked<string> {
  const reason = tagFault(text)
  return reason === undefined
    ? { ok: true, value: text, diagnostics: [] }
    : { ok: false, diagnostics: [diagnose('TAG_INVALID', { tag: text.slice(0, 200), reason }, o)] }
}

/** The reference with `latest` when it names neither tag nor digest. */
export function withDefaultTag(ref: ImageRef): ImageRef {
  return ref.tag === undefined && ref.digest === undefined ? { ...ref, tag: 'latest' } : ref
}

/** The full form, `docker.io/library/alpine:3.20`. */
export function showRef(ref: ImageRef): string {
  return `${showRepository(ref)}${ref.tag === undefined ? '' : `:${ref.tag}`}${ref.digest === undefined ? '' : `@${ref.digest}`}`
}

export function showRepository(ref: RepositoryRef): string {
  return `${ref.registry}/${ref.repository}`
}

/** The form people write, `alpine:3.20`. */
export function familiarRef(ref: ImageRef): string {
  const full = showRef(ref)
  return full.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, '')
}

/** What names the manifest inside its repository: the digest when there is one, else the tag, else `latest`. */
export function manifestName(ref: ImageRef): string {
  return ref.digest ?? ref.tag ?? 'latest'
}

interface Parts {
  readonly registry: string
  readonly repository: string
  readonly tag: string | undefined
  readonly digest: string | undefined
}

function splitRef(text: string): Parts | string {
  if (text === '') return 'it is empty'
  if (/\s/.test(text)) return 'it holds white space'
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'a reference has no "https://" in front'
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  const name = at < 0 ? text : text.slice(0, at)
  const colon = name.lastIndexOf(':')
  const tagged = colon >= 0 && !name.includes('/', colon)
  const tag = tagged ? name.slice(colon + 1) : undefined
  const path = tagged ? name.slice(0, colon) : name
  const slash = path.indexOf('/')
  const first = slash < 0 ? '' : path.slice(0, slash)
  const marked = first.includes('.') || first.includes(':') || first === 'localhost'
  const hosted = marked || first !== first.toLowerCase()
  // Only its capitals tell `Host/app` from a repository of Docker Hub, so they stay.
  const registry = marked ? normalRegistry(first) : hosted ? first : dockerHub
  const rest = hosted ? path.slice(slash + 1) : path
  const repository = registry === dockerHub && !rest.includes('/') && rest !== '' ? `library/${rest}` : rest
  return { registry, repository, tag, digest }
}

function faultOf(parts: Parts): string | undefined {
  if (!isRegistryHost(parts.registry)) return `"${parts.registry}" is not a host`
  return repositoryFault(parts.repository) ?? (parts.tag === undefined ? undefined : tagFault(parts.tag)) ?? digestFault(parts.digest)
}

/** Why the text is no repository name, or undefined when it is one. */
export function repositoryFault(repository: string): string | undefined {
  if (repository === '') return 'the repository is missing'
  if (repository.length > 255) return 'the repository is longer than 255 characters'
  if (repository !== repository.toLowerCase()) return `the repository must be lower case: "${repository.toLowerCase()}"`
  for (const part of repository.split('/')) {
    if (part === '') return 'a part between two "/" is empty'
    if (!component.test(part)) return `the part "${part}" may hold letters, digits and single ".", "_", "__" or "-" between them`
  }
  if (/^library\/[0-9a-f]{64}$/.test(repository)) return 'it is an image id, not a name'
  return undefined
}

/** Why the text is no tag, or undefined when it is one. */
function tagFault(tag: string): string | undefined {
  if (tag === '') return 'the tag is empty'
  if (tag.length > 128) return `the tag has ${tag.length} characters, 128 are allowed`
  if (tagGrammar.test(tag)) return undefined
  return /^[.-]/.test(tag) ? `the tag starts with "${tag[0]}"` : `the tag holds "${/[^A-Za-z0-9_.-]/.exec(tag)?.[0] ?? ''}"`
}

function digestFault(digest: string | undefined): string | undefined {
  if (digest === undefined || isDigest(digest)) return undefined
  return `"${digest}" is not a digest (sha256:<64 hexadecimal digits>)`
}
