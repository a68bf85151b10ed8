/** Blobs on their way to registries while the image that will name them is still being built. */
import type { Digest } from '../oci/digest.ts'
import type { ImageRef, RepositoryRef } from '../oci/ref.ts'
import type { Layer } from '../oci/views.ts'
import { layerBlob } from '../oci/walk.ts'
import type { RegistryClient, Waiting } from './client.ts'
import { pushBlob, type SentState } from './push-blob.ts'

export interface HeadStart {
  /** Never throws: what fails here is sent again, and fails in the open, when the image is delivered. */
  offer(layer: Layer, o: { readonly made: boolean }): void
  /** How the blob came into the repository, when it is on its way; undefined: it was not, or it failed. */
  readonly sent: SentAhead
  /** Nothing is sent any more. */
  end(): Promise<void>
}

export type SentAhead = (repository: RepositoryRef, digest: Digest) => Promise<SentState | undefined>

/** Few: the machine is building. */
const atOnce = 2

/**
 * To the first repository of each registry; the others get the blobs by mounting. Nothing is asked or sent before a layer comes that was
 * made just now: where all are known, the whole image is likely there.
 */
export function headStart(refs: readonly ImageRef[], o: Waiting & { readonly client: RegistryClient }): HeadStart {
  const stop = new AbortController()
  const signal = AbortSignal.any([o.signal, stop.signal])
  const places = [...Map.groupBy(refs, (ref) => ref.registry).values()].flatMap((own) => own.slice(0, 1))
  const offered = new Set<Layer>()
  const sending = new Map<string, Promise<SentState | undefined>>()
  const turns: Promise<unknown>[] = Array.from({ length: atOnce }, async () => undefined)
  let begun = false
  const send = (place: RepositoryRef, layer: Layer, digest: Digest): void => {
    const key = keyOf(place, digest)
    if (sending.has(key)) return
    const turn = turns.shift() as Promise<unknown>
    const sent = turn.then(() => sendOne(place, layer, { ...o, signal })).catch(() => undefined)
    turns.push(sent)
    sending.set(key, sent)
  }
  const start = async (layer: Layer): Promise<void> => {
    const { digest } = await layer.descriptor()
    for (const place of places) send(place, layer, digest)
  }
  return {
    offer(layer, { made }) {
      begun ||= made
      offered.add(layer)
      if (!begun) return
      for (const one of offered) start(one).catch(() => undefined)
      offered.clear()
    },
    sent: async (place, digest) => sending.get(keyOf(place, digest)),
    async end() {
      stop.abort()
      await Promise.allSettled(sending.values())
    },
  }
}

function keyOf({ registry, repository }: RepositoryRef, digest: Digest): string {
  return `${registry}/${repository}@${digest}`
}

async function sendOne(place: RepositoryRef, layer: Layer, o: Waiting & { readonly client: RegistryClient }): Promise<SentState | undefined> {
  o.signal.throwIfAborted()
  const blob = await layerBlob(layer)
  if (blob === undefined) return undefined
  const origins = blob.origin?.registry === place.registry && blob.origin.repository !== place.repository ? [blob.origin.repository] : []
  return pushBlob(o.client.repository(place, ['pull', 'push'], { alsoPull: origins }), blob, { ...o, mountFrom: origins })
}
