/** The deliveries side by side, and those that pretend. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { fakeImages as engineFakes } from '../../../test/support/fake-images.ts'
import { embeddedRegistry, testClient } from '../../../test/support/registry/embedded.ts'
import { tempProject } from '../../../test/support/temp-project.ts'
import { isProblem } from '../../base/problem.ts'
import { type ImageRef, parseRef } from '../../oci/ref.ts'
import { validate } from '../../oci/validate.ts'
import type { Image, Index } from '../../oci/views.ts'
import { deliveryContract } from '../../ports/delivery.contract.ts'
import type { Delivery, Destination, ImageSource } from '../../ports/delivery.ts'
import { plainUse } from '../../ports/registry-use.ts'
import { pull } from '../../registry/pull.ts'
import { archiveDelivery } from './archive-delivery.ts'
import { fakeImages } from './fake-images.ts'
import { imageStore } from './image-store.ts'
import { layoutDelivery } from './layout-delivery.ts'
import { registryDelivery } from './registry-delivery.ts'

const signal = AbortSignal.timeout(600_000)

async function sound(image: Image | Index): Promise<string> {
  expect(await validate(image, { signal })).toEqual([])
  return image.digest()
}

async function soundIn(open: ReturnType<ImageSource['openArchive']>): Promise<string | undefined> {
  try {
    const { image, close } = await open
    return await sound(image).finally(close)
  } catch (error) {
    if (isProblem(error) || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** `.../file/x` cannot be made: `file` is no folder. */
function places() {
  const { dir } = tempProject()
  writeFileSync(join(dir, 'file'), '')
  return { dir, source: imageStore({ dir: join(dir, 'store') }).source, impossible: join(dir, 'file', 'x') }
}

describe('delivery to an archive', () =>
  deliveryContract(
    async () => {
      const { dir, source, impossible } = places()
      const path = join(dir, 'out', 'image.tar')
      return {
        delivery: archiveDelivery(),
        to: (...names) => ({ kind: 'archive', path, names }),
        holds: (name) => soundIn(source.openArchive(path, { signal, name })),
        refusing: (...names) => ({ to: { kind: 'archive', path: impossible, names } }),
      }
    },
    { skip: [{ test: 'keeps all of several images delivered to one place at once', reason: 'a file holds what was delivered last' }] },
  ))

describe('delivery to a layout', () =>
  deliveryContract(async () => {
    const { dir, source, impossible } = places()
    const path = join(dir, 'layout')
    return {
      delivery: layoutDelivery(),
      to: (...names) => ({ kind: 'oci-layout', path, names }),
      holds: (name) => soundIn(source.openArchive(path, { signal, name })),
      refusing: (...names) => ({ to: { kind: 'oci-layout', path: impossible, names } }),
    }
  }))

describe('delivery to the store of this machine', () =>
  deliveryContract(async () => {
    const { dir, impossible } = places()
    const { source, delivery } = imageStore({ dir: join(dir, 'images') })
    return {
      delivery,
      to: (...names) => ({ kind: 'load', names }),
      holds: (name) => soundIn(source.openStored(name, { signal })),
      refusing: (...names) => ({ delivery: imageStore({ dir: impossible }).delivery, to: { kind: 'load', names } }),
    }
  }))

describe('delivery to a registry', () =>
  deliveryContract(async () => {
    const { registry } = await embeddedRegistry()
    const client = testClient()
    const to = (host: string, names: readonly string[]): Destination => ({
      kind: 'registry',
      refs: names.map((name) => `${host}/${name}`),
      use: plainUse,
      care: { create: false, scanOnPush: false },
    })
    return {
      delivery: registryDelivery({ clientFor: () => client, prepare: async () => undefined }),
      to: (...names) => to(registry, names),
      async holds(name) {
        const view = await pull(refOf(`${registry}/${name}`), { client, signal }).catch(() => undefined)
        return view && sound(view)
      },
      refusing: (...names) => ({ to: to('127.0.0.1:1', names) }),
    }
  }))

function refOf(text: string): ImageRef {
  const parsed = parseRef(text)
  return parsed.ok ? parsed.value : expect.fail(text)
}

const unread = ['rejects with the reason, and leaves what was there, when it is aborted half way', 'delivers nothing of an image that cannot be read'].map(
  (test) => ({ test, reason: 'it reads no layers' }),
)
const oneFile = { test: 'keeps all of several images delivered to one place at once', reason: 'a path holds what was delivered last' }
const refusesNothing = { test: 'makes a result of what is refused', reason: 'what only pretends refuses nothing' }

describe('deliveries that pretend', () => {
  const pretending =
    (kind: 'archive' | 'oci-layout' | 'load', open: (images: ImageSource, name: string) => ReturnType<ImageSource['openStored']>) => async () => {
      const { deliveries, images } = fakeImages()
      const to = (...names: readonly string[]): Destination => (kind === 'load' ? { kind, names } : { kind, path: '/harness/image', names })
      return {
        delivery: deliveries[kind],
        to,
        holds: (name: string) => soundIn(open(images, name)),
        refusing: (...names: readonly string[]) => ({ to: to(...names) }),
      }
    }
  const file = (images: ImageSource) => images.openArchive('/harness/image', { signal })
  describe('to an archive', () => deliveryContract(pretending('archive', file), { skip: [...unread, oneFile, refusesNothing] }))
  describe('to a layout', () => deliveryContract(pretending('oci-layout', file), { skip: [...unread, oneFile, refusesNothing] }))
  describe('to a store', () =>
    deliveryContract(
      pretending('load', (images, name) => images.openStored(name, { signal })),
      { skip: [...unread, refusesNothing] },
    ))
})

describe("the fake of the engine's tests", () =>
  deliveryContract(
    async () => {
      const { deliveries, images } = engineFakes({ refuse: ['acme/no:1', 'acme/no:2'] })
      const delivery: Delivery = deliveries.load
      return {
        delivery,
        to: (...names) => ({ kind: 'load', names }),
        holds: (name) => soundIn(images.openStored(name, { signal })),
        refusing: (...names) => ({ to: { kind: 'load', names: names.map((name) => name.replace('/a', '/no')) } }),
      }
    },
    { skip: [...unread, { test: 'throws for a destination of another kind', reason: 'one fake stands for all kinds' }] },
  ))
