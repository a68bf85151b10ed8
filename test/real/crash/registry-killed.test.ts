/** `slipway registry serve` killed again and again while it is written to: what it keeps is whole, and the next start tidies up. */
import { mkdir, readdir, utimes } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOf } from '../../../src/oci/digest.ts'
import { randomImage } from '../../../src/oci/random-image.ts'
import { validate } from '../../../src/oci/validate.ts'
import { pull } from '../../../src/registry/pull.ts'
import { push } from '../../../src/registry/push.ts'
import { testClient } from '../../support/registry/embedded.ts'
import { promised } from '../../support/skip.ts'
import { type TempProject, tempProject } from '../../support/temp-project.ts'
import { leftovers, serve, wrongBlobs } from './wreck.ts'

const signal = new AbortController().signal
const day = 86_400_000

/** Every tag of every repository leads to an image of which nothing is missing or wrong. Answers how many there are. */
async function wholeTags(registry: string): Promise<number> {
  const json = async <T>(path: string) => (await (await fetch(`http://${registry}${path}`)).json()) as T
  let count = 0
  for (const repository of (await json<{ repositories: string[] }>('/v2/_catalog')).repositories) {
    for (const tag of (await json<{ tags: string[] }>(`/v2/${repository}/tags/list`)).tags) {
      const view = await pull({ registry, repository, tag }, { client: testClient(), signal })
      expect([tag, await validate(view, { signal })]).toEqual([tag, []])
      count++
    }
  }
  return count
}

describe('a registry that is killed', promised('ci'), () => {
  let project: TempProject
  let data: string
  beforeAll(() => {
    project = tempProject()
    data = project.path('registry')
  })
  afterAll(() => project?.remove())

  it('in the middle of pushes, a dozen times, keeps only what is whole', async () => {
    let cut = 0
    for (let round = 0; round < 12; round++) {
      const { registry, kill } = await serve(data)
      const stop = new AbortController()
      const pushes = Array.from({ length: 4 }, async (_, i) => {
        const image = await randomImage({ seed: round * 10 + i, layers: 4, bytes: 300_000 })
        const to = { registry, repository: `app-${i}`, tags: [`r${round}`, 'latest'] }
        await push(image, to, { client: testClient(), signal: stop.signal })
      })
      const settled = Promise.allSettled(pushes)
      await wait(20 + round * 25)
      await kill()
      stop.abort(new Error('the registry is gone'))
      cut += (await settled).filter((one) => one.status === 'rejected').length
      expect(await wrongBlobs(data)).toEqual([])
    }
    // Otherwise the kills came too late to mean anything.
    expect(cut).toBeGreaterThan(5)
    const again = await serve(data)
    await push(await randomImage({ seed: 999 }), { registry: again.registry, repository: 'app-0', tags: ['last'] }, { client: testClient(), signal })
    expect(await wholeTags(again.registry)).toBeGreaterThan(0)
    await again.process.stop()
  }, 180_000)

  it('goes on with an upload where it stood', async () => {
    const first = await serve(data)
    const start = await fetch(`http://${first.registry}/v2/resumed/blobs/uploads/`, { method: 'POST' })
    const session = start.headers.get('location') ?? ''
    const bytes = 'x'.repeat(100_000)
    const [, port] = first.registry.split(':')
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`PATCH ${session} HTTP/1.1\r\nHost: x\r\nContent-Range: 0-99999\r\nContent-Length: 100000\r\n\r\n${bytes.slice(0, 40_000)}`)
    await expect.poll(async () => (await fetch(`http://${first.registry}${session}`)).headers.get('range'), { timeout: 5000 }).toBe('0-39999')
    await first.kill()
    socket.destroy()

    const second = await serve(data)
    const at = `http://${second.registry}${session}`
    expect((await fetch(at)).headers.get('range')).toBe('0-39999')
    const rest = await fetch(at, { method: 'PATCH', body: bytes.slice(40_000), headers: { 'content-range': '40000-99999' } })
    expect(rest.status).toBe(202)
    expect((await fetch(`${at}?digest=${digestOf(bytes)}`, { method: 'PUT' })).status).toBe(201)
    await second.process.stop()
    expect(await wrongBlobs(data)).toEqual([])
  }, 60_000)

  it('has its old leftovers tidied away at the next start, and nothing else', async () => {
    await mkdir(join(data, 'ingest'), { recursive: true })
    const before = await readdir(join(data, 'blobs', 'sha256'))
    const old = new Date(Date.now() - 2 * day)
    for (const file of await leftovers(data)) await utimes(file, old, old)
    const { registry, process } = await serve(data)
    await expect.poll(() => leftovers(data), { timeout: 10_000 }).toEqual([])
    expect(await readdir(join(data, 'blobs', 'sha256'))).toEqual(before)
    await wholeTags(registry)
    await process.stop()
  }, 60_000)
})
