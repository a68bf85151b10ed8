/** `docker-daemon:NAME:TAG`: images of the Docker Engine that the environment names, as source and as target. */
import { problem } from '../../base/problem.ts'
import type { DockerEngine } from '../../docker-api/engine.ts'
import { type EngineSource, loadIntoEngine, saveFromEngine } from '../../docker-api/engine-images.ts'
import { withEngine } from '../../docker-api/engine-of.ts'
import { isDigest } from '../../oci/digest.ts'
import { familiarRef, withDefaultTag } from '../../oci/ref.ts'
import type { Image, Index } from '../../oci/views.ts'
import type { World } from '../world.ts'
import { localImages } from './local-images.ts'
import { referenceOf } from './reference-of.ts'

const word = 'docker-daemon:'

/** What comes after the word: a name, with `latest` when it has no tag, or an image's ID. Undefined when the word is not there. */
export function daemonImage(text: string): string | undefined {
  if (!text.startsWith(word)) return undefined
  const name = text.slice(word.length)
  return isDigest(name) ? name : familiarRef(withDefaultTag(referenceOf(name)))
}

export function withDaemon<T>({ env }: World, use: (engine: DockerEngine) => Promise<T>): Promise<T> {
  return withEngine(env, use)
}

export function saveFromDaemon(name: string, world: World): Promise<EngineSource> {
  const { signal, platform } = world
  return withDaemon(world, (engine) => saveFromEngine(engine, name, { blobs: localImages(world.home).blobs, platform, signal }))
}

/** Of an index the engine gets the image for this machine. Answers that image. */
export async function loadIntoDaemon(view: Image | Index, name: string, world: World): Promise<Image> {
  const { signal, platform } = world
  if (isDigest(name)) throw problem('DOCKER_NAME_NEEDED', { name })
  return withDaemon(world, (engine) => loadIntoEngine(engine, view, [referenceOf(name)], name, { platform, signal }))
}
