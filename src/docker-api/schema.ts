/** The door for the engine's JSON: only the fields that are used. */
import * as v from 'valibot'
import { problem } from '../base/problem.ts'

const text = v.string()
const list = v.nullish(v.array(text), [])
const version = v.object({ Version: text, Os: text, Arch: text })
const image = v.object({
  Id: text,
  RepoTags: list,
  RepoDigests: list,
  Created: v.nullish(text),
  Architecture: text,
  Variant: v.nullish(text),
  Os: text,
  Size: v.number(),
  RootFS: v.nullish(v.object({ Layers: list })),
  Config: v.nullish(v.object({ Env: list, Entrypoint: list, Cmd: list, User: v.nullish(text, '') })),
})
const images = v.array(v.object({ Id: text, RepoTags: list, RepoDigests: list, Created: v.number(), Size: v.number() }))
const loadLine = v.object({
  stream: v.exactOptional(text),
  error: v.exactOptional(text),
  errorDetail: v.exactOptional(v.object({ message: v.exactOptional(text) })),
})
const failure = v.object({ message: text })

export interface EngineImage {
  /** Digest of the configuration, or of the manifest where the engine keeps images in containerd. */
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly created?: string
  readonly os: string
  readonly architecture: string
  readonly variant?: string
  /** Unpacked, in bytes. */
  readonly size: number
  readonly diffIds: readonly string[]
  /** How it starts. */
  readonly env: readonly string[]
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly user: string
}

export interface ListedImage {
  readonly id: string
  readonly tags: readonly string[]
  readonly digests: readonly string[]
  readonly createdMs: number
  readonly size: number
}

export function parseVersion(json: unknown, engine: string): { readonly version: string; readonly os: string; readonly architecture: string } {
  const { Version, Os, Arch } = parsed(version, json, engine)
  return { version: Version, os: Os, architecture: Arch }
}

export function parseImage(json: unknown, engine: string): EngineImage {
  const found = parsed(image, json, engine)
  return {
    id: found.Id,
    tags: found.RepoTags ?? [],
    digests: found.RepoDigests ?? [],
    ...(found.Created != null && found.Created !== '' && { created: found.Created }),
    os: found.Os,
    architecture: found.Architecture,
    ...(found.Variant != null && found.Variant !== '' && { variant: found.Variant }),
    size: found.Size,
    diffIds: found.RootFS?.Layers ?? [],
    env: found.Config?.Env ?? [],
    entrypoint: found.Config?.Entrypoint ?? [],
    cmd: found.Config?.Cmd ?? [],
    user: found.Config?.User ?? '',
  }
}

/** Engines before 25 write `<none>:<none>` for images without a name. */
export function parseImages(json: unknown, engine: string): readonly ListedImage[] {
  const named = (names: readonly string[] | null | undefined) => (names ?? []).filter((name) => !name.startsWith('<none>'))
  return parsed(images, json, engine).map((found) => ({
    id: found.Id,
    tags: named(found.RepoTags),
    digests: named(found.RepoDigests),
    createdMs: found.Created * 1000,
    size: found.Size,
  }))
}

/** Lines that are none of ours say nothing. */
export function parseLoadLine(line: string): { readonly stream?: string; readonly error?: string } {
  const answer = v.safeParse(loadLine, jsonOf(line))
  if (!answer.success) return {}
  const { stream, error, errorDetail } = answer.output
  const reason = errorDetail?.message ?? error
  return { ...(stream !== undefined && { stream }), ...(reason !== undefined && { error: reason }) }
}

/** What an error answer says: the engine's own words, or the start of whatever came. */
export function parseFailure(body: string): string {
  const answer = v.safeParse(failure, jsonOf(body))
  return answer.success ? answer.output.message.trim() : body.trim().slice(0, 300) || 'it gives no reason'
}

export function parsed<S extends v.GenericSchema>(schema: S, json: unknown, engine: string): v.InferOutput<S> {
  const answer = v.safeParse(schema, json)
  if (answer.success) return answer.output
  const [issue] = answer.issues
  throw problem('DOCKER_REFUSED', { engine, what: 'a question', status: 200, reason: `${v.getDotPath(issue) ?? 'the answer'} is not what Docker answers` })
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
