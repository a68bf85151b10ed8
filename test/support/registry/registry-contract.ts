/** What every registry keeps to, seen through our client: run against the embedded registry and against real ones. */
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import { assembleImage, assembleIndex } from '../../../src/oci/assemble.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { collect } from '../../../src/oci/join.ts'
import { appendLayers } from '../../../src/oci/mutate.ts'
import { randomImage, randomLayer } from '../../../src/oci/random-image.ts'
import type { ImageRef } from '../../../src/oci/ref.ts'
import { validate } from '../../../src/oci/validate.ts'
import { describe } from '../../../src/oci/views.ts'
import { deleteBlob, hasBlob, openBlob, putBlob, startUpload } from '../../../src/registry/blobs.ts'
import type { RegistryClient } from '../../../src/registry/client.ts'
import { deliver } from '../../../src/registry/deliver.ts'
import { deleteManifest, findManifest, getManifest, putManifest } from '../../../src/registry/manifests.ts'
import { pull, pullImage } from '../../../src/registry/pull.ts'
import { type PushEvent, push } from '../../../src/registry/push.ts'
import { listReferrers } from '../../../src/registry/referrers.ts'
import { listTags } from '../../../src/registry/tags.ts'
import { type ContractOptions, describeContract } from '../contract.ts'

export interface ContractRegistry {
  /** Its name in references. */
  readonly registry: string
  readonly client: RegistryClient
  /** A repository that nobody used before. */
  freshRepository(): string
}

const signal = new AbortController().signal

/** `make` is called once per test. */
export function registryContract(name: string, make: () => Promise<ContractRegistry>, o: ContractOptions = {}): void {
  describeContract(name, o, (promise) => {
    const fresh = async () => {
      const { client, registry, freshRepository } = await make()
      const ref = (tag?: string, repository = freshRepository()): ImageRef & { tags: string[] } => ({
        registry,
        repository,
        ...(tag !== undefined && { tag }),
        tags: tag === undefined ? [] : [tag],
      })
      return { client, ref, o: { client, signal }, full: (repository: string) => client.repository({ registry, repository }, ['pull', 'push', 'delete']) }
    }

    promise('gives back the exact image that was pushed, in both dialects', async () => {
      const { ref, o } = await fresh()
      for (const format of ['oci', 'docker'] as const) {
        const image = await randomImage({ layers: 3, bytes: 100_000, format })
        const to = ref('1')
        const pushed = await push(image, to, o)
        expect(pushed).toMatchObject({ digest: await image.digest(), blobs: { present: 0, mounted: 0, uploaded: 4 } })
        const pulled = await pull(to, o)
        expect(await pulled.manifestBytes()).toEqual(await image.manifestBytes())
        expect(pulled.mediaType).toBe(image.mediaType)
        expect(await validate(pulled, { signal })).toEqual([])
      }
    })

    promise('gives back an index with its children, and the child for a platform', async () => {
      const { ref, o } = await fresh()
      const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }))
      const children = await Promise.all(platforms.map(async (platform, seed) => ({ view: await randomImage({ seed, platform }), platform })))
      const index = await assembleIndex({ format: 'oci', children })
      const to = ref('multi')
      await push(index, to, o)
      const pulled = await pull(to, o)
      expect([pulled.kind, await pulled.digest()]).toEqual(['index', await index.digest()])
      expect(await validate(pulled, { signal })).toEqual([])
      const arm = await pullImage(to, { ...o, platform: { os: 'linux', architecture: 'arm64' } })
      expect(await arm.digest()).toBe(await children[1]?.view.digest())
      await expect(pullImage(to, { ...o, platform: { os: 'linux', architecture: 's390x' } })).rejects.toMatchObject({ code: 'PLATFORM_NOT_FOUND' })
    })

    promise('is found by digest alone when pushed without a tag', async () => {
      const { ref, o } = await fresh()
      const image = await randomImage()
      const to = ref()
      const { digest } = await push(image, to, o)
      expect(await (await pull({ ...to, digest }, o)).digest()).toBe(digest)
      await expect(pull({ ...to, tag: 'latest' }, o)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
    })

    promise('is sent only what it lacks', async () => {
      const { ref, o } = await fresh()
      const image = await randomImage({ layers: 2 })
      const to = ref('1')
      await push(image, to, o)
      expect(await push(image, { ...to, tags: ['2'] }, o)).toMatchObject({ uploadedBytes: 0, blobs: { uploaded: 0 } })
      const grown = await appendLayers(image, [{ layer: await randomLayer({ seed: 77, bytes: 10 }) }])
      const events: PushEvent[] = []
      expect((await push(grown, { ...to, tags: ['3'] }, { ...o, onEvent: (event) => events.push(event) })).blobs).toEqual({
        present: 2,
        mounted: 0,
        uploaded: 2,
      })
      expect(events.filter((event) => event.state === 'uploaded').every((event) => event.bytes === event.total)).toBe(true)
      expect((await Array.fromAsync(listTags(o.client.repository(to, ['pull']), { signal }))).sort()).toEqual(['1', '2', '3'])
    })

    promise('mounts blobs from another of its repositories', async () => {
      const { ref, o } = await fresh()
      const from = ref('1')
      await push(await randomImage({ layers: 2 }), from, o)
      const copied = await push(await pull(from, o), ref('1'), o)
      expect(copied).toMatchObject({ uploadedBytes: 0, blobs: { present: 0, mounted: 3, uploaded: 0 } })
    })

    promise('moves a tag to the manifest pushed last', async () => {
      const { ref, o } = await fresh()
      const to = ref('moving')
      const [one, two] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
      await push(one, to, o)
      await push(two, to, o)
      expect(await (await pull(to, o)).digest()).toBe(await two.digest())
      expect(await (await pull({ ...to, digest: await one.digest() }, o)).digest()).toBe(await one.digest())
    })

    promise('answers with nothing or REGISTRY_NOT_FOUND for what it does not have', async () => {
      const { ref, o, full } = await fresh()
      const to = ref('none')
      const repository = full(to.repository)
      expect(await findManifest(repository, 'none', o)).toBeUndefined()
      expect(await hasBlob(repository, digestOf('none'), o)).toBe(false)
      await expect(getManifest(repository, 'none', o)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
      await expect(openBlob(repository, { mediaType: '', digest: digestOf('none'), size: 1 }, o)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
    })

    promise('refuses a blob whose bytes are not those of its digest', async () => {
      const { ref, o, full } = await fresh()
      const repository = full(ref().repository)
      const blob = Buffer.from('real')
      const body = { size: blob.length, open: async () => Readable.from([blob], { objectMode: false }) }
      const wrong = { mediaType: '', digest: digestOf('other'), size: blob.length }
      await expect(putBlob(repository, wrong, body, o)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
      expect(await hasBlob(repository, wrong.digest, o)).toBe(false)
      expect(await putBlob(repository, { ...wrong, digest: digestOf(blob) }, body, o)).toBe('uploaded')
      expect(await collect(await openBlob(repository, { ...wrong, digest: digestOf(blob) }, o), 100)).toEqual(blob)
    })

    promise('refuses a manifest that names blobs it does not have', async () => {
      const { ref, o, full } = await fresh()
      const image = await randomImage()
      const repository = full(ref().repository)
      const manifest = { mediaType: image.mediaType, bytes: await image.manifestBytes() }
      await expect(putManifest(repository, 'x', manifest, o)).rejects.toMatchObject({ code: 'REGISTRY_REFUSED' })
      expect(await findManifest(repository, 'x', o)).toBeUndefined()
    })

    promise('starts an ordinary upload when there is nothing to mount', async () => {
      const { ref, full } = await fresh()
      expect(await startUpload(full(ref().repository), digestOf('nowhere'), { signal, mountFrom: ref().repository })).toMatchObject({ kind: 'started' })
    })

    promise('takes many pushes of one image at once', async () => {
      const { ref, o } = await fresh()
      const image = await randomImage({ layers: 4, bytes: 50_000 })
      const to = ref('same')
      await Promise.all(Array.from({ length: 6 }, (_, i) => push(image, { ...to, tags: ['same', `own-${i}`] }, o)))
      expect(await validate(await pull(to, o), { signal })).toEqual([])
    })

    promise('deletes manifests with their tags', async () => {
      const { ref, o, full } = await fresh()
      const to = ref('gone')
      const { digest } = await push(await randomImage(), to, o)
      const repository = full(to.repository)
      expect(await deleteManifest(repository, digest, o)).toBe(true)
      expect(await findManifest(repository, 'gone', o)).toBeUndefined()
      expect(await findManifest(repository, digest, o)).toBeUndefined()
      expect(await deleteManifest(repository, digest, o)).toBe(false)
    })

    promise('deletes blobs', async () => {
      const { ref, o, full } = await fresh()
      const repository = full(ref().repository)
      const body = { size: 1, open: async () => Readable.from([Buffer.from('x')], { objectMode: false }) }
      await putBlob(repository, { mediaType: '', digest: digestOf('x'), size: 1 }, body, o)
      expect(await deleteBlob(repository, digestOf('x'), o)).toBe(true)
      expect(await hasBlob(repository, digestOf('x'), o)).toBe(false)
    })

    promise('lists what refers to a manifest, also where the registry keeps no such list itself', async () => {
      const { ref, o, full } = await fresh()
      const to = ref('1')
      const image = await randomImage()
      await push(image, to, o)
      const repository = full(to.repository)
      expect(await listReferrers(repository, await image.digest(), o)).toEqual([])
      const subject = await describe(image)
      const notes = ['application/sbom', 'application/signature']
      for (const artifactType of [...notes, ...notes]) {
        const note = await assembleImage({
          format: 'oci',
          config: await image.config(),
          layers: [],
          artifactType,
          subject,
          annotations: { about: artifactType },
        })
        await push(note, { ...to, tags: [] }, o)
      }
      const found = await listReferrers(repository, subject.digest, o)
      expect(found.map((one) => [one.artifactType, one.annotations]).toSorted()).toEqual(notes.map((type) => [type, { about: type }]))
      expect((await listReferrers(repository, subject.digest, { ...o, artifactType: 'application/sbom' })).length).toBe(1)
      expect(await (await pull({ ...to, digest: found[0]?.digest ?? subject.digest }, o)).digest()).toBe(found[0]?.digest)
    })

    promise('gets one image under many names with equal digests, mounting between repositories', async () => {
      const { ref, o } = await fresh()
      const image = await randomImage({ layers: 3 })
      const [a, b] = [ref('1'), ref('1')]
      const targets = await deliver(image, [a, { ...a, tag: '2' }, b], o)
      expect(targets.map((target) => [target.kind, target.kind === 'delivered' && target.digest])).toEqual(Array(3).fill(['delivered', await image.digest()]))
      expect(targets[2]?.kind === 'delivered' && targets[2].pushed.blobs.mounted).toBe(4)
      const again = await deliver(await randomImage({ seed: 9 }), [a, { ...a, tag: 'new' }], { ...o, skipExisting: true })
      expect(again.map((target) => target.kind)).toEqual(['skipped', 'delivered'])
      expect(await (await pull(a, o)).digest()).toBe(await image.digest())
    })
  })
}
