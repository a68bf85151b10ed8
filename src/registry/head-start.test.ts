/** Layers that are sent while the image is still being built. */
import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { testClient } from '../../test/support/registry/embedded.ts'
import { type Sabotage, sabotaged } from '../../test/support/registry/sabotaged.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import { deliver } from './deliver.ts'
import { headStart } from './head-start.ts'
import { pull } from './pull.ts'

const signal = new AbortController().signal

/** Counts what is asked of blobs, and refuses as told. */
function watching(refuses: (request: IncomingMessage) => boolean = () => false): { readonly sabotage: Sabotage; readonly seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    sabotage: (request, response) => {
      if (request.url?.includes('/blobs/')) seen.push(request.method ?? '')
      if (!refuses(request)) return false
      request.resume()
      response.writeHead(403).end()
      return true
    },
  }
}

async function started(watch: ReturnType<typeof watching>) {
  const ref = { registry: await sabotaged(watch.sabotage), repository: 'a', tag: '1' }
  const client = testClient()
  const refs = [ref, { ...ref, tag: '2' }, { ...ref, repository: 'b' }]
  return { ref, refs, client, ahead: headStart(refs, { client, signal }), image: await randomImage({ layers: 3 }) }
}

describe('a head start', () => {
  it('sends what was offered once, and the delivery the rest', async () => {
    const watch = watching()
    const { ref, refs, client, ahead, image } = await started(watch)
    const [first, second] = await image.layers()
    for (const layer of [first, second, first]) if (layer !== undefined) ahead.offer(layer, { made: true })
    const targets = await deliver(image, refs, { client, signal, ahead: ahead.sent })
    await ahead.end()
    expect(targets.map((target) => target.kind)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(targets[0]?.kind === 'delivered' && targets[0].pushed.blobs).toEqual({ present: 0, mounted: 0, uploaded: 4 })
    expect(targets[2]?.kind === 'delivered' && targets[2].pushed.blobs).toEqual({ present: 0, mounted: 4, uploaded: 0 })
    expect(watch.seen.filter((method) => method === 'PUT').length).toBe(4)
    expect(await validate(await pull(ref, { client, signal }), { signal })).toEqual([])
  })

  it('asks for nothing before a layer comes that was made just now', async () => {
    const watch = watching()
    const { ahead, image, client, ref } = await started(watch)
    const [first, second, third] = await image.layers()
    for (const layer of [first, second]) if (layer !== undefined) ahead.offer(layer, { made: false })
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(watch.seen).toEqual([])
    if (third !== undefined) ahead.offer(third, { made: true })
    await deliver(image, [ref], { client, signal, ahead: ahead.sent })
    expect(watch.seen.filter((method) => method === 'PUT').length).toBe(4)
  })

  it('keeps its failures to itself: the delivery tries again and says why', async () => {
    let refused = 0
    const watch = watching((request) => request.method === 'POST' && refused++ < 2)
    const { ahead, image, client, ref } = await started(watch)
    const [first] = await image.layers()
    if (first !== undefined) ahead.offer(first, { made: true })
    await expect.poll(() => refused).toBeGreaterThan(0)
    expect(await ahead.sent(ref, (await first?.descriptor())?.digest ?? ('' as never))).toBeUndefined()
    refused = 2
    expect((await deliver(image, [ref], { client, signal, ahead: ahead.sent })).map((target) => target.kind)).toEqual(['delivered'])
    await ahead.end()
  })
})
