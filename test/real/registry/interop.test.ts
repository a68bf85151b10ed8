/** Other programs read what we write, and we read what they write: skopeo, umoci and buildah, with equal digests and exact manifests. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeArchive } from '../../../src/media/write-archive.ts'
import { writeLayout } from '../../../src/media/write-layout.ts'
import { assembleIndex } from '../../../src/oci/assemble.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import type { ImageFormat } from '../../../src/oci/media-types.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { parseRef } from '../../../src/oci/ref.ts'
import { validate } from '../../../src/oci/validate.ts'
import type { Image, Index } from '../../../src/oci/views.ts'
import { pull } from '../../../src/registry/pull.ts'
import { push } from '../../../src/registry/push.ts'
import { createRegistry, type EmbeddedRegistry } from '../../../src/registry/server/create-registry.ts'
import { real } from '../../support/real.ts'
import { testClient } from '../../support/registry/embedded.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { testWorld } from '../../support/test-world.ts'
import { mustRun } from '../support/run-program.ts'
import { type RealRegistry, startRegistry } from './start-registry.ts'

const registryProgram = real('docker-registry', { apt: 'docker-registry' })
const skopeo = real('skopeo', { apt: 'skopeo' })
const umoci = real('umoci', { apt: 'umoci' })
const buildah = real('buildah', { apt: 'buildah' })
const signal = new AbortController().signal
const durable = { signal, durability: 'fast' } as const

let project: TempProject
let embedded: EmbeddedRegistry
let debian: RealRegistry | undefined
let hosts: Readonly<Record<'embedded' | 'docker-registry', string>>
let count = 0

beforeAll(async () => {
  project = tempProject({ 'none.json': '{}', 'policy.json': '{"default": [{"type": "insecureAcceptAnything"}]}' })
  embedded = createRegistry({ dir: project.path('registry'), durability: 'fast' })
  const { address } = await embedded.listen({ port: 0, signal })
  debian = registryProgram.missing === undefined ? await startRegistry(registryProgram.path) : undefined
  hosts = { embedded: address, 'docker-registry': debian?.host ?? '' }
})
afterAll(async () => {
  await embedded?.close()
  await debian?.stop()
  project?.remove()
})

type Host = keyof typeof hosts
const kinds: readonly Host[] = registryProgram.missing === undefined ? ['embedded', 'docker-registry'] : ['embedded']
const both = (...programs: readonly (typeof skopeo)[]) => programs.find((one) => one.missing !== undefined)?.options ?? promised('ci')

/** A new reference at a registry. */
function fresh(host: Host) {
  const repository = `interop/app-${++count}`
  const name = `${hosts[host]}/${repository}:1`
  return { registry: hosts[host], repository, tag: '1', tags: ['1'], name, remote: `docker://${name}` }
}

const copy = (from: string, to: string, ...more: readonly string[]) =>
  mustRun(skopeo.path, ['copy', '--quiet', '--policy', project.path('policy.json'), '--src-tls-verify=false', '--dest-tls-verify=false', ...more, from, to])
const raw = async (remote: string) => Buffer.from(await mustRun(skopeo.path, ['inspect', '--raw', '--tls-verify=false', remote]))
const pulled = (to: ReturnType<typeof fresh>) => pull(to, { client: testClient(), signal })

/** `slipway push` of a file, as people do it. */
async function slipwayPush(file: string, to: ReturnType<typeof fresh>, ...more: readonly string[]): Promise<Image | Index> {
  const ran = await testWorld({ cwd: project.dir }).run('push', file, to.name, ...more)
  expect([ran.code, ran.err]).toEqual([0, ''])
  const view = await pulled(to)
  expect(await validate(view, { signal })).toEqual([])
  return view
}

const ref = (name: string) => {
  const parsed = parseRef(name)
  return parsed.ok ? parsed.value : expect.fail(name)
}
const diffIds = async (view: Image | Index) => (view.kind === 'image' ? (await view.config()).rootfs.diff_ids : expect.fail('an index'))

describe.each(kinds)('skopeo and the registry %s', (host) => {
  describe('reads', both(skopeo), () => {
    it.each<ImageFormat>(['oci', 'docker'])('the exact manifest that we pushed, %s, and copies it with its digest everywhere', async (format) => {
      const image = await randomImage({ layers: 3, bytes: 50_000, format, seed: ++count })
      const [to, there, back] = [fresh(host), fresh('embedded'), fresh(host)]
      await push(image, to, { client: testClient(), signal })
      expect((await raw(to.remote)).equals(await image.manifestBytes())).toBe(true)
      await copy(to.remote, there.remote, '--preserve-digests')
      await copy(there.remote, back.remote, '--preserve-digests')
      for (const copied of [there, back]) {
        const view = await pulled(copied)
        expect((await view.manifestBytes()).equals(await image.manifestBytes())).toBe(true)
        expect(await validate(view, { signal })).toEqual([])
      }
    })

    it('an index with all its children', async () => {
      const platforms = ['amd64', 'arm64', 's390x'].map((architecture) => ({ os: 'linux', architecture }))
      const children = await Promise.all(platforms.map(async (platform, i) => ({ view: await randomImage({ seed: 900 + i, platform }), platform })))
      const index = await assembleIndex({ format: 'oci', children })
      const [to, back] = [fresh(host), fresh('embedded')]
      await push(index, to, { client: testClient(), signal })
      await copy(to.remote, back.remote, '--all', '--preserve-digests')
      expect(await (await pulled(back)).digest()).toBe(await index.digest())
      expect(await validate(await pulled(back), { signal })).toEqual([])
      const copied = project.path(`dir-${++count}`)
      await copy(to.remote, `oci:${copied}:x`, '--all', '--preserve-digests')
      expect(readdirSync(`${copied}/blobs/sha256`).length).toBe(1 + 3 + 3 + 6)
    })

    it('our archive as a docker archive and as an OCI archive, our layout as a folder', async () => {
      const image = await randomImage({ layers: 2, bytes: 30_000, seed: ++count })
      const [archive, layout] = [project.path(`ours-${count}.tar`), project.path(`layout-${count}`)]
      await writeArchive(archive, [{ view: image, refs: [ref('acme/app:1')] }], durable)
      await writeLayout(layout, [{ view: image, refs: [ref('acme/app:1')] }], durable)
      const ways = [`docker-archive:${archive}:acme/app:1`, `oci-archive:${archive}`, `oci:${layout}`]
      for (const way of ways) {
        const to = fresh(host)
        await copy(way, to.remote)
        const view = await pulled(to)
        expect(await diffIds(view)).toEqual(await diffIds(image))
        // A docker archive has no manifest: its reader writes one. Both OCI forms keep ours to the byte.
        if (!way.startsWith('docker')) expect((await view.manifestBytes()).equals(await image.manifestBytes())).toBe(true)
        expect(await validate(view, { signal })).toEqual([])
      }
    })
  })

  describe('writes', both(skopeo), () => {
    it('docker archives, OCI archives and OCI folders that we push', async () => {
      const image = await randomImage({ layers: 2, bytes: 30_000, seed: ++count })
      const from = fresh(host)
      await push(image, from, { client: testClient(), signal })
      const number = count
      const at = (name: string) => project.path(`${name}-${number}`)
      await copy(from.remote, `docker-archive:${at('docker.tar')}:acme/app:1`)
      await copy(from.remote, `oci-archive:${at('oci.tar')}:one`, '--preserve-digests')
      await copy(from.remote, `oci:${at('oci')}:one`, '--preserve-digests')
      const plain = await slipwayPush(at('docker.tar'), fresh(host))
      expect(await diffIds(plain)).toEqual(await diffIds(image))
      for (const file of ['oci.tar', 'oci']) {
        const view = await slipwayPush(at(file), fresh(host))
        expect((await view.manifestBytes()).equals(await image.manifestBytes())).toBe(true)
      }
    })

    it('several images into one docker archive, of which we push the one asked for', async () => {
      const images = [await randomImage({ seed: ++count }), await randomImage({ seed: ++count })]
      const file = project.path(`several-${count}.tar`)
      await writeArchive(
        file,
        images.map((view, i) => ({ view, refs: [ref(`acme/app:${i}`)] })),
        durable,
      )
      const to = fresh(host)
      await copy(`docker-archive:${file}:acme/app:1`, to.remote)
      expect(await diffIds(await pulled(to))).toEqual(await diffIds(images[1] ?? expect.fail('image')))
      expect(await diffIds(await slipwayPush(file, fresh(host), '--image', 'acme/app:0'))).toEqual(await diffIds(images[0] ?? expect.fail('image')))
    })

    it('zstd layers to a registry, which we pull and push on', async () => {
      const image = await randomImage({ layers: 2, bytes: 30_000, seed: ++count })
      const [from, zstd, to] = [fresh(host), fresh(host), fresh('embedded')]
      await push(image, from, { client: testClient(), signal })
      await copy(from.remote, zstd.remote, '--dest-compress-format', 'zstd', '--format', 'oci')
      const view = await pulled(zstd)
      expect(await validate(view, { signal })).toEqual([])
      await push(view, to, { client: testClient(), signal })
      expect((await raw(to.remote)).equals(await view.manifestBytes())).toBe(true)
    })
  })
})

describe('umoci', umoci.options, () => {
  it('unpacks our layout, and we push what it made of it', async () => {
    const image = await randomImage({ layers: 2, bytes: 5000, seed: ++count })
    const [layout, bundle] = [project.path(`umoci-${count}`), project.path(`bundle-${count}`)]
    await writeLayout(layout, [{ view: image, refs: [ref('acme/app:1')] }], durable)
    await mustRun(umoci.path, ['unpack', '--rootless', '--image', `${layout}:1`, bundle])
    expect(readdirSync(`${bundle}/rootfs/random`).length).toBe(2)
    project.write({ 'note.txt': 'a note' })
    await mustRun(umoci.path, ['insert', '--rootless', '--image', `${layout}:1`, project.path('note.txt'), '/note.txt'])
    const view = await slipwayPush(layout, fresh('embedded'))
    expect((await diffIds(view)).length).toBe(3)
  })
})

describe.each(kinds)('buildah and the registry %s', (host) => {
  describe('exchange images', buildah.options, () => {
    const run = (...args: readonly string[]) => {
      const place = ['--storage-driver', 'vfs', '--root', project.path('containers'), '--runroot', project.path('containers-run')]
      return mustRun(buildah.path, [...place, ...args], { env: { BUILDAH_ISOLATION: 'chroot', REGISTRY_AUTH_FILE: project.path('none.json') } })
    }

    it('pulls ours, and pushes it back with the same configuration', async () => {
      const image = await randomImage({ layers: 2, bytes: 5000, seed: ++count })
      const [from, to] = [fresh(host), fresh(host)]
      await push(image, from, { client: testClient(), signal })
      const id = (await run('pull', '--quiet', '--tls-verify=false', '--signature-policy', project.path('policy.json'), from.remote)).trim().split('\n').at(-1)
      expect(id).toBe(digestOf(await image.configBytes()).slice(7))
      await run('push', '--quiet', '--tls-verify=false', '--signature-policy', project.path('policy.json'), from.name, to.remote)
      const view = await pulled(to)
      expect(await diffIds(view)).toEqual(await diffIds(image))
      expect(await validate(view, { signal })).toEqual([])
    })

    it('builds one that we pull and validate', async () => {
      project.write({ 'hello.txt': 'hello' })
      const to = fresh(host)
      const container = (await run('from', '--name', `c${++count}`, 'scratch')).trim()
      await run('add', container, project.path('hello.txt'), '/hello.txt')
      await run('config', '--cmd', '/hello.txt', container)
      await run('commit', '--quiet', '--signature-policy', project.path('policy.json'), container, to.name)
      await run(
        'push',
        '--quiet',
        '--tls-verify=false',
        '--digestfile',
        project.path('digest'),
        '--signature-policy',
        project.path('policy.json'),
        to.name,
        to.remote,
      )
      const view = await pulled(to)
      expect(await view.digest()).toBe(readFileSync(project.path('digest'), 'utf8').trim())
      expect(await validate(view, { signal })).toEqual([])
    })
  })
})
