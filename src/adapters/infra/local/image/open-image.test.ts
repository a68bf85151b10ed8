/** The pull policy of a step's image, against a registry that is really there. */
import { describe, expect, it } from 'vitest'
import { embeddedRegistry, testClient } from '../../../../../test/support/registry/embedded.ts'
import { tempProject } from '../../../../../test/support/temp-project.ts'
import { isProblem, problem } from '../../../../base/problem.ts'
import { directoryStore } from '../../../../builder/store/directory.ts'
import { randomImage } from '../../../../oci/random-image.ts'
import type { Image } from '../../../../oci/views.ts'
import type { StepImage } from '../../../../ports/infrastructure.ts'
import { plainUse } from '../../../../ports/registry-use.ts'
import { deliver } from '../../../../registry/deliver.ts'
import { type ImagePlaces, openStepImage } from './open-image.ts'

const { signal } = new AbortController()

async function places() {
  const { registry } = await embeddedRegistry()
  const reference = `${registry}/acme/base:1`
  const asked: string[] = []
  const client = testClient({ hosts: [{ match: registry, plainHttp: true }] })
  const stored = new Map<string, Image>()
  const o: ImagePlaces = {
    store: directoryStore(tempProject().dir),
    platform: { os: 'linux', architecture: 'amd64' },
    client: (use) => {
      asked.push(use.connector ?? '')
      return client
    },
    async stored(name) {
      const image = stored.get(name)
      if (image === undefined) throw problem('IMAGE_NOT_STORED', { name, known: 'none' })
      return image
    },
  }
  const push = async (seed: number) => {
    const image = await randomImage({ layers: 1, seed })
    await deliver(image, [{ registry, repository: 'acme/base', tag: '1' }], { client, signal })
    return image.digest()
  }
  const open = (pull: StepImage['pull']) => openStepImage({ reference, pull, registry: { ...plainUse, connector: 'hub' }, privileged: false }, { ...o, signal })
  return { asked, stored, reference, push, open }
}

describe('the pull policy of an image for a step', () => {
  it('always: takes what the tag names now, by the step’s own connector', async () => {
    const { push, open, asked } = await places()
    const first = await push(1)
    expect(await (await open('always')).digest()).toBe(first)
    const second = await push(2)
    expect(await (await open('always')).digest()).toBe(second)
    expect(asked).toEqual(['hub', 'hub'])
  })

  it('if missing: asks once, and keeps to what it got, configuration and all', async () => {
    const { push, open, asked } = await places()
    const first = await push(1)
    await open('if-missing')
    await push(2)
    const again = await open('if-missing')
    expect(await again.digest()).toBe(first)
    expect((await again.config()).rootfs.diff_ids).toHaveLength(1)
    expect(asked).toEqual(['hub'])
  })

  it('if missing: an image of this machine comes first, and no registry is asked', async () => {
    const { stored, open, asked, reference } = await places()
    const built = await randomImage({ layers: 1, seed: 3 })
    stored.set(reference, built)
    expect(await (await open('if-missing')).digest()).toBe(await built.digest())
    expect(asked).toEqual([])
  })

  it('never: takes what was pulled before, and asks nobody for layers', async () => {
    const { push, open, asked } = await places()
    await push(1)
    expect(isProblem(await open('never').catch((e: unknown) => e), 'STEP_IMAGE_NOT_HERE')).toBe(true)
    await open('always')
    const image = await open('never')
    const [layer] = await image.layers()
    expect(isProblem(await layer?.compressed({ signal }).catch((e: unknown) => e), 'STEP_IMAGE_NOT_HERE')).toBe(true)
    expect(asked).toEqual(['hub'])
  })

  it('fetches layers again that were pulled before and removed since', async () => {
    const { push, open } = await places()
    await push(1)
    await open('if-missing')
    const [layer] = await (await open('if-missing')).layers()
    const bytes = await (await layer?.compressed({ signal }))?.toArray()
    expect(Buffer.concat(bytes ?? []).length).toBe((await layer?.descriptor())?.size)
  })
})
