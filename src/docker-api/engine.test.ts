/** The Docker Engine through its socket: images in and out as streams, the version agreed on first, refusals in words. */
import { writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { problem } from '../base/problem.ts'
import { type DockerEngine, dockerEngine } from './engine.ts'
import { fakeEngine } from './fake-engine.testing.ts'

const signal = new AbortController().signal
const o = { signal }
const stream = (bytes: Buffer): Readable => Readable.from([bytes], { objectMode: false })
const engineAt = (host: string): DockerEngine => {
  const engine = dockerEngine(host)
  onTestFinished(() => engine.close())
  return engine
}

describe('a Docker Engine', () => {
  it('takes archives and gives them back', async () => {
    const fake = await fakeEngine()
    const engine = engineAt(fake.host)
    const archive = Buffer.alloc(3_000_000, 'archive')
    expect(await engine.load(stream(archive), o)).toEqual(['acme/app:1'])
    expect(fake.images.get('acme/app:1')?.equals(archive)).toBe(true)
    expect(Buffer.concat(await (await engine.save(['acme/app:1'], o)).toArray()).equals(archive)).toBe(true)
  })

  it('says what it is and what it has', async () => {
    const fake = await fakeEngine()
    const engine = engineAt(fake.host)
    expect(await engine.facts(o)).toEqual({ version: '28.2.2', os: 'linux', architecture: 'amd64', api: '1.47' })
    fake.images.set('ghcr.io/acme/app:1', Buffer.alloc(5))
    const id = `sha256:${'a'.repeat(64)}`
    expect(await engine.list(o)).toEqual([{ id, tags: ['ghcr.io/acme/app:1'], digests: [], createdMs: 1_700_000_000_000, size: 5 }])
    const known = {
      id,
      tags: ['ghcr.io/acme/app:1'],
      digests: [],
      created: '2024-01-02T03:04:05Z',
      os: 'linux',
      architecture: 'amd64',
      size: 5,
      diffIds: ['sha256:aa'],
      env: [],
      entrypoint: [],
      cmd: [],
      user: '',
    }
    expect(await engine.inspect('ghcr.io/acme/app:1', o)).toEqual(known)
    expect(await engine.inspect('ghcr.io/acme/other:1', o)).toBeUndefined()
    expect(fake.requests).toContain('GET /v1.47/images/ghcr.io/acme/app:1/json')
  })

  it.each([
    ['1.41', '1.41'],
    ['1.52', '1.47'],
  ])('of API %s is spoken to in %s, and asked for it once', async (api, spoken) => {
    const fake = await fakeEngine({ api })
    const engine = engineAt(fake.host)
    await engine.list(o)
    await engine.list(o)
    expect(fake.requests).toEqual(['GET /_ping', `GET /v${spoken}/images/json`, `GET /v${spoken}/images/json`])
  })

  it('keeps names inside the path', async () => {
    const fake = await fakeEngine()
    await engineAt(fake.host).inspect('a/../../containers?x=#', o)
    expect(fake.requests.at(-1)).not.toContain('?')
  })
})

describe('what goes wrong with an engine', () => {
  it.each([
    ['1.24', 'DOCKER_TOO_OLD'],
    [undefined, 'DOCKER_TOO_OLD'],
    ['2.0', 'DOCKER_TOO_OLD'],
  ])('API %s', async (api, code) => {
    const fake = await fakeEngine({ api })
    await expect(engineAt(fake.host).list(o)).rejects.toMatchObject({ code })
  })

  it('no socket, a file in its place, a host that is none', async () => {
    const fake = await fakeEngine()
    await expect(engineAt(`${fake.host}x`).list(o)).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', message: expect.stringContaining('no such socket') })
    writeFileSync(`${fake.socket}y`, '')
    await expect(engineAt(`${fake.host}y`).list(o)).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', message: expect.stringContaining('nobody listens') })
    for (const host of ['ssh://me@there', '/var/run/docker.sock', 'tcp://', 'tcp://a/b']) {
      expect(() => dockerEngine(host)).toThrowError(expect.objectContaining({ code: 'DOCKER_HOST_UNKNOWN' }))
    }
  })

  it('comes up later', async () => {
    const fake = await fakeEngine()
    let refuse = true
    const engine = engineAt((await fakeEngine({ instead: (_, response) => (refuse ? response.destroy() : response.end('[]')) })).host)
    await expect(engine.list(o)).rejects.toMatchObject({ code: 'DOCKER_UNREACHABLE', retryable: true })
    refuse = false
    expect(await engine.list(o)).toEqual([])
    expect(fake.requests).toEqual([])
  })

  it('an archive that it does not like, told after 200', async () => {
    const fake = await fakeEngine({ loadAnswer: [{ stream: 'Loading...' }, { errorDetail: { message: 'open manifest.json: no such file' }, error: 'open' }] })
    await expect(engineAt(fake.host).load(stream(Buffer.from('x')), o)).rejects.toMatchObject({
      code: 'DOCKER_LOAD_FAILED',
      message: expect.stringContaining('open manifest.json: no such file'),
    })
    const silent = await fakeEngine({ loadAnswer: [{ status: 'ok' }] })
    await expect(engineAt(silent.host).load(stream(Buffer.from('x')), o)).rejects.toMatchObject({ code: 'DOCKER_LOAD_FAILED' })
  })

  it('images without a name come with their ID', async () => {
    const fake = await fakeEngine({ loadAnswer: [{ stream: 'Loaded image ID: sha256:ab\nLoaded image: x:1\n' }] })
    expect(await engineAt(fake.host).load(stream(Buffer.from('x')), o)).toEqual(['sha256:ab', 'x:1'])
  })

  it('an archive that breaks while it is sent: the news is the archive’s', async () => {
    const fake = await fakeEngine()
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000)
        throw problem('BLOB_NOT_FOUND', { digest: 'sha256:x' })
      })(),
      { objectMode: false },
    )
    await expect(engineAt(fake.host).load(broken, o)).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' })
    expect(fake.images.size).toBe(0)
  })

  it('an image that it does not have, a refusal, nonsense', async () => {
    const fake = await fakeEngine()
    await expect(engineAt(fake.host).save(['nope:1'], o)).rejects.toMatchObject({ code: 'DOCKER_NO_SUCH_IMAGE', message: expect.stringContaining('nope:1') })
    const full = await fakeEngine({ instead: (_, response) => response.writeHead(500).end('{"message":"no space left on device"}') })
    await expect(engineAt(full.host).list(o)).rejects.toMatchObject({
      code: 'DOCKER_REFUSED',
      message: expect.stringContaining('500: no space left on device'),
    })
    const odd = await fakeEngine({ instead: (_, response) => response.end('{"message":"hello"}') })
    await expect(engineAt(odd.host).list(o)).rejects.toMatchObject({ code: 'DOCKER_REFUSED' })
    const page = await fakeEngine({ instead: (_, response) => response.writeHead(502).end(`<html>${'x'.repeat(100_000)}`) })
    await expect(engineAt(page.host).list(o)).rejects.toMatchObject({ message: expect.stringContaining('<html>') })
  })

  it('a wait that the caller ends', async () => {
    const fake = await fakeEngine({ instead: () => undefined })
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('enough')), 30)
    await expect(engineAt(fake.host).list({ signal: stop.signal })).rejects.toThrow('enough')
    const endless = new Readable({ read() {} })
    const again = new AbortController()
    setTimeout(() => again.abort(new Error('enough')), 30)
    await expect(engineAt(fake.host).load(endless, { signal: again.signal })).rejects.toThrow('enough')
    expect(endless.destroyed).toBe(true)
  })
})
