/** Images on other bases and at other times: valid, with the story that fits. */
import { describe, expect, it } from 'vitest'
import { streamSource } from '../tar/byte-source.ts'
import { readTar } from '../tar/read-tar.ts'
import { annotate, appendLayers, editConfig, editRunConfig } from './mutate.ts'
import { randomImage, randomLayer } from './random-image.ts'
import { rebase } from './rebase.ts'
import { setTimes } from './set-times.ts'
import { validate } from './validate.ts'

const signal = new AbortController().signal
const baseKey = 'org.opencontainers.image.base.digest'

describe('rebase', () => {
  it('keeps what the image adds, and takes all else from the new base', async () => {
    const [oldBase, newBase] = [await randomImage({ seed: 1, layers: 2 }), await randomImage({ seed: 2, layers: 3 })]
    const layer = await randomLayer({ seed: 9, bytes: 100 })
    const grown = await appendLayers(oldBase, [{ layer, history: { created_by: 'COPY app' } }])
    const app = await annotate(await editRunConfig(grown, (run) => ({ ...run, Cmd: ['/app'] })), { [baseKey]: await oldBase.digest(), other: 'kept' })
    const moved = await rebase(app, oldBase, newBase)
    expect(await validate(moved, { signal })).toEqual([])
    const config = await moved.config()
    expect(config.rootfs.diff_ids).toEqual([...(await newBase.config()).rootfs.diff_ids, await layer.diffId()])
    expect(config.history?.map((line) => line.created_by)).toEqual(['random layer 1', 'random layer 2', 'random layer 3', 'COPY app'])
    expect(config.config?.Cmd).toEqual(['/app'])
    expect((await moved.manifest()).annotations).toEqual({ [baseKey]: await newBase.digest(), other: 'kept' })
    expect(await (await rebase(moved, newBase, oldBase)).digest()).toBe(await app.digest())
  })

  it('tells a story where only one of them has one', async () => {
    const oldBase = await randomImage({ seed: 1, layers: 1 })
    const silent = await editConfig(await randomImage({ seed: 2, layers: 2 }), ({ history, ...config }) => config)
    const app = await appendLayers(oldBase, [{ layer: await randomLayer({ seed: 9, bytes: 10 }), history: { created_by: 'RUN x' } }])
    const moved = await rebase(app, oldBase, silent)
    expect(await validate(moved, { signal })).toEqual([])
    expect((await moved.config()).history).toEqual([{}, {}, { created_by: 'RUN x' }])
  })

  it('refuses images that stand on something else, or run on something else', async () => {
    const [a, b] = [await randomImage({ seed: 1 }), await randomImage({ seed: 2 })]
    await expect(rebase(a, b, b)).rejects.toMatchObject({ code: 'IMAGE_INCONSISTENT', message: expect.stringContaining('layer 1 differs') })
    const arm = await randomImage({ seed: 2, platform: { os: 'linux', architecture: 'arm64' } })
    await expect(rebase(a, a, arm)).rejects.toMatchObject({ message: expect.stringContaining('linux/amd64, the new base for linux/arm64') })
    await expect(rebase(a, await randomImage({ seed: 1, layers: 3 }), b)).rejects.toMatchObject({ message: expect.stringContaining('layer 3 differs') })
  })
})

describe('setTimes', () => {
  it('gives everything one time, and equal files equal digests', async () => {
    const image = await randomImage({ layers: 2, bytes: 5000 })
    const time = new Date('2020-02-02T00:00:00Z')
    const early = await setTimes(image, new Date('1999-01-01T00:00:00.5Z'), { signal })
    const [one, two] = [await setTimes(image, time, { signal }), await setTimes(early, time, { signal })]
    expect(await validate(one, { signal })).toEqual([])
    expect(await validate(early, { signal })).toEqual([])
    expect(await two.digest()).toBe(await one.digest())
    const config = await one.config()
    expect([config.created, config.history?.[0]]).toEqual(['2020-02-02T00:00:00Z', { created: '2020-02-02T00:00:00Z', created_by: 'random layer 1' }])
    for (const layer of await early.layers()) {
      for await (const { entry } of readTar(streamSource(await layer.uncompressed({ signal })), { signal }))
        expect(entry.mtimeNs).toBe(915_148_800_500_000_000n)
    }
  })
})
