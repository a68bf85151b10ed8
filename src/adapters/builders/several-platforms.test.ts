/** Several platforms: one index, one story, and one failure that stops the others. */
import { describe, expect, it } from 'vitest'
import { problem } from '../../base/problem.ts'
import type { BuildEvent } from '../../events/build-event.ts'
import { showPlatform } from '../../oci/platform.ts'
import { randomImage } from '../../oci/random-image.ts'
import type { Index } from '../../oci/views.ts'
import type { Builder, BuildRequest } from '../../ports/builder.ts'
import { severalPlatforms } from './several-platforms.ts'

const signal = new AbortController().signal
const arm = { os: 'linux', architecture: 'arm64' }
const amd = { os: 'linux', architecture: 'amd64' }

const request: BuildRequest = {
  contextDir: '/nowhere',
  dockerfile: { name: 'Dockerfile', text: 'FROM scratch\n' },
  args: new Map(),
  labels: new Map(),
  platform: amd,
  created: 0,
  reproducible: false,
  noCache: false,
}

function fake(build: Builder['build']): Builder {
  return severalPlatforms({ name: 'one', check: async () => [], build })
}

describe('a build for several platforms', () => {
  it('makes an index with an image for each, and tells one story', async () => {
    const events: BuildEvent[] = []
    const builder = fake(async ({ platform }, { emit }) => {
      emit({ kind: 'step', step: 1, title: '[1/1] COPY a /' })
      emit({ kind: 'log', step: 1, text: showPlatform(platform) })
      emit({ kind: 'end', step: 1, state: 'done' })
      return { image: await randomImage({ layers: 1, seed: platform.architecture.length }), layers: 1, cachedLayers: 0 }
    })
    const built = await builder.build({ ...request, platforms: [amd, arm] }, { signal, emit: (event) => void events.push(event) })
    const { manifests } = await (built.image as Index).manifest()
    expect(manifests.map(({ platform }) => platform)).toEqual([amd, arm])
    expect(built.layers).toBe(2)
    expect(events.flatMap((event) => (event.kind === 'step' ? [`${event.step} ${event.title}`] : []))).toEqual([
      '1 [linux/amd64 1/1] COPY a /',
      '2 [linux/arm64 1/1] COPY a /',
    ])
    expect(events.flatMap((event) => (event.kind === 'log' ? [`${event.step} ${event.text}`] : []))).toEqual(['1 linux/amd64', '2 linux/arm64'])
  })

  it('hands a single platform on as it is', async () => {
    const asked: BuildRequest[] = []
    const builder = fake(async (one) => {
      asked.push(one)
      return { image: await randomImage({ layers: 1 }), layers: 1, cachedLayers: 0 }
    })
    expect((await builder.build({ ...request, platforms: [arm] }, { signal, emit: () => undefined })).image.kind).toBe('image')
    expect(asked.map(({ platform }) => platform)).toEqual([arm])
  })

  it('begins none when one of them cannot be', async () => {
    let begun = 0
    const one: Builder = { name: 'one', check: async () => [], build: async () => Promise.reject(new Error(`begun ${++begun}`)) }
    const refuse = ({ platform }: BuildRequest) =>
      platform.architecture === 'arm64' ? problem('BUILD_RUN_FOREIGN', { wanted: 'linux/arm64', machine: 'linux/amd64', reason: 'no' }) : undefined
    const both = severalPlatforms(one, refuse).build({ ...request, platforms: [amd, arm] }, { signal, emit: () => undefined })
    await expect(both).rejects.toMatchObject({ code: 'BUILD_RUN_FOREIGN' })
    expect(begun).toBe(0)
  })

  it('ends with the first failure, when the others have stopped', async () => {
    let stopped = false
    const builder = fake(async ({ platform }, o) => {
      if (platform.architecture === 'arm64') throw new Error('arm64 failed')
      await new Promise((resolve) => o.signal.addEventListener('abort', resolve, { once: true }))
      stopped = true
      throw o.signal.reason
    })
    await expect(builder.build({ ...request, platforms: [amd, arm] }, { signal, emit: () => undefined })).rejects.toThrow('arm64 failed')
    expect(stopped).toBe(true)
  })
})
