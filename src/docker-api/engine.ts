/** The Docker Engine over its socket: what Slipway asks of it about images. Everything streams; nothing is kept in memory. */
import type { Readable } from 'node:stream'
import { problem } from '../base/problem.ts'
import { type EngineConnection, type EngineHost, type EngineTls, openConnection } from './connection.ts'
import { parseLabelledImages, parseNetworks } from './container-schema.ts'
import { type Containers, containersOf } from './containers.ts'
import { pathOf } from './image-path.ts'
import { filtersOf } from './labels.ts'
import { readLoadAnswer } from './load-answer.ts'
import { type PullLogin, pullImage } from './pull-image.ts'
import { type EngineImage, type ListedImage, parseImage, parseImages, parseVersion } from './schema.ts'
import { type Labelled, type Volumes, volumesOf } from './volumes.ts'

export interface Waiting {
  readonly signal: AbortSignal
}

export interface EngineFacts {
  /** The engine's version, `28.2.2`. */
  readonly version: string
  /** The version of the API that is spoken with it, `1.47`. */
  readonly api: string
  readonly os: string
  readonly architecture: string
}

/**
 * One engine. Any number of calls at once. Throws DOCKER_UNREACHABLE when nobody answers at the socket, DOCKER_TOO_OLD when the API
 * is none that we speak, DOCKER_REFUSED when the engine answers with an error.
 */
export interface DockerEngine {
  readonly name: string
  facts(o: Waiting): Promise<EngineFacts>
  /** Hands over an image archive; answers the names (or IDs) that the engine gave its images. The stream is read to the end or destroyed. */
  load(archive: Readable, o: Waiting): Promise<readonly string[]>
  /** The archive of one or several images, as docker save writes it. Throws DOCKER_NO_SUCH_IMAGE. */
  save(names: readonly string[], o: Waiting): Promise<Readable>
  /** Undefined when the engine has no such image. */
  inspect(name: string, o: Waiting): Promise<EngineImage | undefined>
  list(o: Waiting): Promise<readonly ListedImage[]>
  /** The engine fetches it itself. Throws DOCKER_PULL_FAILED with the engine's words. */
  pull(reference: string, login: PullLogin | undefined, o: Waiting): Promise<void>
  /** A name, or an image by its ID. One that is not there, or still used, is none of our business. */
  removeImage(name: string, o: Waiting): Promise<void>
  /** Images that have this label with this value. */
  labelledImages(label: string, value: string, o: Waiting): Promise<readonly Labelled[]>
  /** Names of its networks. */
  networks(o: Waiting): Promise<readonly string[]>
  readonly containers: Containers
  readonly volumes: Volumes
  close(): Promise<void>
}

export function dockerEngine(host: EngineHost, tls?: EngineTls): DockerEngine {
  const connection = openConnection(host, tls)
  return {
    name: connection.name,
    facts: async (o) => {
      const { version, os, architecture } = parseVersion(await connection.json('/version', 'its version', o), connection.name)
      return { version, os, architecture, api: await connection.api(o) }
    },
    load: (archive, o) => load(connection, archive, o),
    save: (names, o) => save(connection, names, o),
    inspect: async (name, o) => {
      const answer = await connection.ask({ method: 'GET', path: `/images/${pathOf(name)}/json`, what: name, accept: [200, 404] }, o)
      if (answer.status === 200) return parseImage(await answer.json(), connection.name)
      await answer.discard()
      return undefined
    },
    pull: (reference, login, o) => pullImage(connection, { reference, login }, o),
    removeImage: async (name, o) => {
      const answer = await connection.ask({ method: 'DELETE', path: `/images/${pathOf(name)}`, what: `the end of image ${name}`, accept: [200, 404, 409] }, o)
      await answer.discard()
    },
    labelledImages: async (label, value, o) =>
      parseLabelledImages(await connection.json(`/images/json?${filtersOf(label, value)}`, 'its images', o), connection.name),
    networks: async (o) => parseNetworks(await connection.json('/networks', 'its networks', o), connection.name),
    containers: containersOf(connection),
    volumes: volumesOf(connection),
    list: async (o) => parseImages(await connection.json('/images/json', 'its images', o), connection.name),
    close: () => connection.close(),
  }
}

async function load(connection: EngineConnection, archive: Readable, o: Waiting): Promise<readonly string[]> {
  const headers = { 'content-type': 'application/x-tar' }
  const answer = await connection.ask({ method: 'POST', path: '/images/load?quiet=1', what: 'an archive', accept: [200], headers, body: archive }, o)
  return readLoadAnswer(answer.body, connection.name)
}

async function save(connection: EngineConnection, names: readonly string[], o: Waiting): Promise<Readable> {
  const query = new URLSearchParams(names.map((name): [string, string] => ['names', name]))
  const what = names.join(', ')
  const answer = await connection.ask({ method: 'GET', path: `/images/get?${query}`, what, accept: [200, 404] }, o)
  if (answer.status === 200) return answer.body
  await answer.discard()
  throw problem('DOCKER_NO_SUCH_IMAGE', { name: what, engine: connection.name })
}
