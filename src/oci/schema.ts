/** The door for other programs' image documents: checks what we use, keeps all the rest, drops nulls (Go writes them for empty lists). */
import * as v from 'valibot'
import { brandAs } from '../base/brand.ts'
import { problem } from '../base/problem.ts'
import { type Digest, isDigest } from './digest.ts'
import type { ImageConfig, IndexManifest, Manifest } from './manifest.ts'

const digest = v.pipe(
  v.string(),
  v.check(isDigest, 'is not a digest'),
  v.transform((text) => brandAs<Digest>(text)),
)
const strings = v.array(v.string())
const textMap = v.record(v.string(), v.string())
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const platform = v.looseObject({
  os: v.string(),
  architecture: v.string(),
  variant: v.exactOptional(v.string()),
  'os.version': v.exactOptional(v.string()),
  'os.features': v.exactOptional(strings),
})
const descriptor = v.looseObject({
  mediaType: v.string(),
  digest,
  size,
  urls: v.exactOptional(strings),
  annotations: v.exactOptional(textMap),
  platform: v.exactOptional(platform),
  artifactType: v.exactOptional(v.string()),
  data: v.exactOptional(v.string()),
})
const shared = {
  schemaVersion: v.literal(2),
  mediaType: v.exactOptional(v.string()),
  artifactType: v.exactOptional(v.string()),
  subject: v.exactOptional(descriptor),
  annotations: v.exactOptional(textMap),
}
const manifest = v.looseObject({ ...shared, config: descriptor, layers: v.exactOptional(v.array(descriptor), []) })
const index = v.looseObject({ ...shared, manifests: v.exactOptional(v.array(descriptor), []) })
const history = v.looseObject({
  created: v.exactOptional(v.string()),
  created_by: v.exactOptional(v.string()),
  author: v.exactOptional(v.string()),
  comment: v.exactOptional(v.string()),
  empty_layer: v.exactOptional(v.boolean()),
})
const things = v.record(v.string(), v.looseObject({}))
const run = v.looseObject({
  User: v.exactOptional(v.string()),
  ExposedPorts: v.exactOptional(things),
  Env: v.exactOptional(strings),
  Entrypoint: v.exactOptional(strings),
  Cmd: v.exactOptional(strings),
  Volumes: v.exactOptional(things),
  WorkingDir: v.exactOptional(v.string()),
  Labels: v.exactOptional(textMap),
  StopSignal: v.exactOptional(v.string()),
  OnBuild: v.exactOptional(strings),
  Shell: v.exactOptional(strings),
})
const config = v.looseObject({
  created: v.exactOptional(v.string()),
  author: v.exactOptional(v.string()),
  architecture: v.exactOptional(v.string(), ''),
  variant: v.exactOptional(v.string()),
  os: v.exactOptional(v.string(), ''),
  config: v.exactOptional(run),
  rootfs: v.looseObject({ type: v.literal('layers'), diff_ids: v.exactOptional(v.array(digest), []) }),
  history: v.exactOptional(v.array(history)),
})

export function parseManifest(bytes: Uint8Array, what: string): Manifest {
  const json = parseJson(bytes)
  const answer = v.safeParse(manifest, json)
  if (!answer.success) throw problem('MANIFEST_INVALID', { what, reason: manifestFault(json) ?? firstIssue(answer.issues) })
  return answer.output as Manifest
}

export function parseIndex(bytes: Uint8Array, what: string): IndexManifest {
  const answer = v.safeParse(index, parseJson(bytes))
  if (!answer.success) throw problem('MANIFEST_INVALID', { what, reason: firstIssue(answer.issues) })
  return answer.output as IndexManifest
}

export function parseConfig(bytes: Uint8Array, what: string): ImageConfig {
  const answer = v.safeParse(config, parseJson(bytes))
  if (!answer.success) throw problem('CONFIG_INVALID', { what, reason: firstIssue(answer.issues) })
  return answer.output as ImageConfig
}

/** The media type a document itself names or implies; undefined when it is no manifest at all. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
  const json = parseJson(bytes)
  if (typeof json !== 'object' || json === null) return undefined
  if ('mediaType' in json && typeof json.mediaType === 'string') return json.mediaType
  if ('manifests' in json) return 'application/vnd.oci.image.index.v1+json'
  return 'config' in json ? 'application/vnd.oci.image.manifest.v1+json' : undefined
}

function manifestFault(json: unknown): string | undefined {
  const old = typeof json === 'object' && json !== null && 'schemaVersion' in json && json.schemaVersion === 1
  return old ? 'it is a Docker schema 1 manifest; push the image again with a current tool' : undefined
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return dropNulls(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    return undefined
  }
}

function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (member === null ? [] : [[key, dropNulls(member)]])))
}

function firstIssue(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const [issue] = issues
  const path = v.getDotPath(issue)
  return path === null ? 'it is not a JSON document of this kind' : `${path} ${issue.type === 'check' ? issue.message : `should be ${issue.expected}`}`
}
