/** The embedded registry as plain HTTP sees it, with the few pushes that most of its tests begin with. */
import { digestOf } from '../../../src/oci/digest.ts'
import { mediaTypes } from '../../../src/oci/media-types.ts'
import type { RegistryOptions } from '../../../src/registry/server/create-registry.ts'
import { embeddedRegistry } from './embedded.ts'

export interface CallOptions {
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface ImageOptions {
  readonly repository?: string
  readonly name?: string
  readonly config?: string
  /** Further members of the manifest. */
  readonly extra?: object
}

export type SpecClient = Awaited<ReturnType<typeof specClient>>

export async function specClient(o: Partial<RegistryOptions> = {}) {
  const { url, dir } = await embeddedRegistry(o)
  const call = (method: string, path: string, { body, headers }: CallOptions = {}) =>
    fetch(new URL(path, url), { method, ...(headers && { headers }), ...(body !== undefined && { body }) })
  /** Answers its digest. */
  const blob = async (text: string, repository = 'a/b') => {
    const answer = await call('POST', `/v2/${repository}/blobs/uploads/?digest=${digestOf(text)}`, { body: text })
    if (answer.status !== 201) throw new Error(`a blob is answered with ${answer.status}`)
    return digestOf(text)
  }
  /** Answers where the session is. */
  const upload = async (repository = 'a/b') => (await call('POST', `/v2/${repository}/blobs/uploads/`)).headers.get('location') ?? ''
  const put = (name: string, body: string, { repository = 'a/b', type = mediaTypes.ociManifest as string } = {}) =>
    call('PUT', `/v2/${repository}/manifests/${name}`, { body, headers: { 'content-type': type } })
  const image = async ({ repository = 'a/b', config = '{}', extra = {}, name }: ImageOptions = {}) => {
    const digest = await blob(config, repository)
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, digest, size: config.length },
      layers: [],
      ...extra,
    })
    return { body, digest: digestOf(body), answer: await put(name ?? digestOf(body), body, { repository }) }
  }
  return { url, dir, call, blob, upload, put, image }
}

export async function codeOf(answer: Response): Promise<string | undefined> {
  return ((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code
}
