/** The door for the two tables of contents of image archives: docker's manifest.json and the layout's index.json. */
import * as v from 'valibot'
import { problem } from '../base/problem.ts'

const text = v.string()
const list = v.nullish(v.array(text), [])
const dockerManifest = v.array(v.object({ Config: text, RepoTags: list, Layers: list }))

export interface DockerArchiveImage {
  readonly Config: string
  readonly RepoTags: readonly string[]
  /** Paths in the archive, lowest layer first. */
  readonly Layers: readonly string[]
}

export function parseDockerManifest(bytes: Uint8Array, path: string): readonly DockerArchiveImage[] {
  const answer = v.safeParse(dockerManifest, parsed(bytes))
  if (!answer.success) throw problem('ARCHIVE_UNREADABLE', { path, reason: 'its manifest.json is not the list that docker save writes' })
  return answer.output.map((image) => ({ Config: image.Config, RepoTags: image.RepoTags ?? [], Layers: image.Layers ?? [] }))
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
