/** Registries without the referrers API, as the specification's fallback describes them. */
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { testClient } from '../../test/support/registry/embedded.ts'
import { registryContract } from '../../test/support/registry/registry-contract.ts'
import { sabotaged } from '../../test/support/registry/sabotaged.ts'
import { assembleImage } from '../oci/assemble.ts'
import type { Descriptor } from '../oci/descriptor.ts'
import { digestOf } from '../oci/digest.ts'
import { mediaTypes } from '../oci/media-types.ts'
import { randomImage } from '../oci/random-image.ts'
import { describe as describeView } from '../oci/views.ts'
import { findManifest } from './manifests.ts'
import { push } from './push.ts'
import { deleteReferring, listReferrers } from './referrers.ts'

let count = 0
const freshRepository = () => `old/app-${++count}`

const signal = new AbortController().signal

/** Does not let the registry tell that it knows subjects. */
function silent(response: ServerResponse): void {
  const write = response.writeHead.bind(response) as (status: number, headers: Record<string, string>) => ServerResponse
  response.writeHead = ((status: number, headers: Record<string, string> = {}) => {
    const { 'oci-subject': _, ...rest } = headers
    return write(status, rest)
  }) as typeof response.writeHead
}

for (const [name, status, type] of [
  ['404', 404, 'application/json'],
  ['a page for people', 200, 'text/html'],
] as const) {
  registryContract(`a registry that answers the referrers API with ${name}`, async () => {
    const registry = await sabotaged((request, response) => {
      silent(response)
      if (request.url?.includes('/referrers/') !== true) return false
      response.writeHead(status, { 'content-type': type }).end('<html>')
      return true
    })
    return { registry, client: testClient(), freshRepository }
  })
}

describe('the list that clients keep under a tag', () => {
  async function old() {
    const registry = await sabotaged((request, response) => {
      silent(response)
      if (request.url?.includes('/referrers/') !== true) return false
      response.writeHead(404).end()
      return true
    })
    const client = testClient()
    const to = { registry, repository: freshRepository() }
    return { client, to, repository: client.repository(to, ['pull', 'push', 'delete']) }
  }
  const note = async (subject: Descriptor, artifactType: string) => {
    const image = await randomImage()
    return assembleImage({ format: 'oci', config: await image.config(), layers: [], artifactType, subject })
  }

  it('loses a line when what it names is deleted', async () => {
    const { client, to, repository } = await old()
    const image = await randomImage()
    await push(image, { ...to, tags: ['1'] }, { client, signal })
    const subject = await describeView(image)
    const [sbom, signature] = [await note(subject, 'application/sbom'), await note(subject, 'application/signature')]
    for (const one of [sbom, signature]) await push(one, { ...to, tags: [] }, { client, signal })
    expect(await deleteReferring(repository, await sbom.digest(), { signal })).toBe(true)
    expect((await listReferrers(repository, subject.digest, { signal })).map((one) => one.digest)).toEqual([await signature.digest()])
    expect(await deleteReferring(repository, await sbom.digest(), { signal })).toBe(false)
    expect(await deleteReferring(repository, subject.digest, { signal })).toBe(true)
  })

  it('has a tag of the algorithm and 64 digits', async () => {
    const { client, to, repository } = await old()
    const digest = digestOf('long', 'sha512')
    await push(await note({ mediaType: mediaTypes.ociManifest, digest, size: 4 }, 'application/sbom'), { ...to, tags: [] }, { client, signal })
    expect((await listReferrers(repository, digest, { signal })).length).toBe(1)
    expect(await findManifest(repository, digest.replace(':', '-').slice(0, 'sha512-'.length + 64), { signal })).toBeDefined()
  })

  it('is not put in the place of an image that somebody gave that name', async () => {
    const { client, to, repository } = await old()
    const subject = { mediaType: mediaTypes.ociManifest, digest: digestOf('subject'), size: 7 }
    const tag = subject.digest.replace(':', '-')
    const image = await randomImage()
    await push(image, { ...to, tags: [tag] }, { client, signal })
    const pushed = push(await note(subject, 'application/sbom'), { ...to, tags: [] }, { client, signal })
    await expect(pushed).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL', message: expect.stringContaining(tag) })
    expect((await findManifest(repository, tag, { signal }))?.digest).toBe(await image.digest())
  })
})
