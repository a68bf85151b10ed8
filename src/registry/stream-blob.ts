/** One blob into one repository while it is still being made: nobody can name it before its end, so its name is sent last. */
import { once } from 'node:events'
import { addAbortSignal, Readable } from 'node:stream'
import type { Descriptor } from '../oci/descriptor.ts'
import type { Layer } from '../oci/views.ts'
import { beginUpload, locationOf } from './blobs.ts'
import type { Repository, Waiting } from './client.ts'
import { discard } from './discard.ts'
import type { PushEvent } from './push-blob.ts'
import { firstTag } from './tags.ts'

/**
 * Whether nothing was pushed here yet. Where something was, a layer is likely there already, and it is worth the time to find out its
 * name first; a registry that does not say is asked no more.
 */
export async function isEmpty(repository: Repository, o: Waiting): Promise<boolean> {
  try {
    return (await firstTag(repository, o)) === undefined
  } catch {
    o.signal.throwIfAborted()
    return false
  }
}

export interface StreamOptions extends Waiting {
  readonly onEvent?: (event: PushEvent) => void
}

/**
 * What the layer has become, when it is there now. Undefined: it is not, and is sent in the usual way, where what is wrong shows.
 * As other tools push it: one PATCH of unknown length, then a PUT with the digest.
 */
export async function streamBlob(repository: Repository, layer: Layer, o: StreamOptions): Promise<Descriptor | undefined> {
  const { uploads } = repository
  const making = uploads.chunkBytes === undefined && uploads.unnamed !== false ? layer.unnamed?.(o) : undefined
  if (making === undefined) return undefined
  const body = addAbortSignal(o.signal, Readable.from(making, { objectMode: false }))
  // Whoever sends it hears of it; nobody else has to.
  body.on('error', () => undefined)
  try {
    return await sent(repository, layer, body, o)
  } catch {
    o.signal.throwIfAborted()
    uploads.unnamed = false
    return undefined
  } finally {
    body.destroy()
  }
}

async function sent(repository: Repository, layer: Layer, body: Readable, o: StreamOptions): Promise<Descriptor> {
  const digest = await layer.diffId()
  const what = `a layer of ${repository.repository}`
  const tell = (state: 'uploading' | 'uploaded', bytes: number, total: number) =>
    o.onEvent?.({ kind: 'blob', registry: repository.registry, digest, state, bytes, total })
  let opened = false
  const open = async (): Promise<Readable> => {
    if (opened) throw new Error('a layer that is still being made cannot be sent twice')
    opened = true
    let bytes = 0
    return body
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length
        tell('uploading', bytes, 0)
      })
      .pause()
  }
  // Layers are made one after the other: no upload is open while nothing comes.
  await once(body, 'readable')
  const { location } = await beginUpload(repository, what, o)
  const headers = { 'content-type': 'application/octet-stream' }
  const answer = await repository.ask({ method: 'PATCH', at: location, headers, body: { open }, accept: [201, 202, 204], what }, o)
  await discard(answer.body)
  const descriptor = await layer.descriptor()
  const at = new URL(locationOf(answer, repository))
  at.searchParams.set('digest', descriptor.digest)
  await discard((await repository.ask({ method: 'PUT', at, accept: [200, 201, 202, 204], what }, o)).body)
  tell('uploaded', descriptor.size, descriptor.size)
  return descriptor
}
