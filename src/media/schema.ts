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

/** Runtimes take 128 layers. The same entry listed again and again would be compressed again and again. */
const mostLayers = 1000
const mostImages = 10_000

export function parseDockerManifest(bytes: Uint8Array, path: string): readonly DockerArchiveImage[] {
  const answer = v.safeParse(dockerManifest, parsed(bytes))
  if (!answer.success) throw problem('ARCHIVE_UNREADABLE', { path, reason: 'its manifest.json is not the list that docker save writes' })
  const longest = Math.max(0, ...answer.output.map((image) => image.Layers?.length ?? 0))
  if (answer.output.length > mostImages || longest > mostLayers) {
    throw problem('ARCHIVE_DAMAGED', { path, reason: `its manifest.json lists ${answer.output.length} images and up to ${longest} layers` })
  }
  return answer.output.map((image) => ({ Config: image.Config, RepoTags: image.RepoTags ?? [], Layers: image.Layers ?? [] }))
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}
