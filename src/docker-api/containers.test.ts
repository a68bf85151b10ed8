/** Containers over the socket: what is asked for, and what becomes of the answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type DockerEngine, dockerEngine } from './engine.ts'
import { fakeEngine } from './fake-engine.testing.ts'

const o = { signal: new AbortController().signal }

interface Asked {
  readonly what: string
  readonly body: string
  readonly login: string | undefined
}

/** Answers by the end of the path; everything else with 204. */
async function engineThat(answers: Readonly<Record<string, (response: ServerResponse) => void>>): Promise<{ engine: DockerEngine; asked: Asked[] }> {
  const asked: Asked[] = []
  const instead = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray()).toString()
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '')
    asked.push({ what: `${request.method} ${path}`, body, login: request.headers['x-registry-auth'] as string | undefined })
    const answer = Object.entries(answers).find(([end]) => path.split('?')[0]?.endsWith(end) === true)?.[1]
    if (answer === undefined) response.writeHead(204).end()
    else answer(response)
  }
  const fake = await fakeEngine({ instead: (request, response) => void instead(request, response) })
  const engine = dockerEngine(fake.host)
  onTestFinished(() => engine.close())
  return { engine, asked }
}

const json =
  (value: unknown, status = 200) =>
  (response: ServerResponse): void =>
    void response.writeHead(status).end(JSON.stringify(value))
const plain = { image: 'a', program: ['/run'], labels: { x: 'y' }, network: 'container:k', mounts: [] }

describe('containers of an engine', () => {
  it('are made without a log, a health check or an environment', async () => {
    const { engine, asked } = await engineThat({ '/create': json({ Id: 'c1' }, 201) })
    const mounts = [{ type: 'volume', source: 'v', target: '/harness' }] as const
    expect(await engine.containers.create({ ...plain, mounts, user: '7', memoryBytes: 1024, nanoCpus: 5 }, o)).toBe('c1')
    const body = JSON.parse(asked[0]?.body ?? '')
    expect(body).toMatchObject({ Image: 'a', Entrypoint: ['/run'], Cmd: [], User: '7', Labels: { x: 'y' }, Healthcheck: { Test: ['NONE'] } })
    expect(body).not.toHaveProperty('Env')
    expect(body.HostConfig).toMatchObject({
      NetworkMode: 'container:k',
      LogConfig: { Type: 'none' },
      Privileged: false,
      Memory: 1024,
      MemorySwap: 1024,
      NanoCpus: 5,
    })
    expect(body.HostConfig.Mounts).toEqual([{ Type: 'volume', Source: 'v', Target: '/harness', VolumeOptions: { NoCopy: true } }])
  })

  it('are found by a label, killed, and removed with their volumes; one that is gone is no error', async () => {
    const { engine, asked } = await engineThat({
      '/containers/json': json([
        { Id: 'c1', Labels: { a: 'b' } },
        { Id: 'c2', Labels: null },
      ]),
      '/containers/c1': json({ message: 'No such container' }, 404),
    })
    expect(await engine.containers.list('a', 'b', o)).toEqual([
      { id: 'c1', labels: { a: 'b' } },
      { id: 'c2', labels: {} },
    ])
    await engine.containers.kill('c1', 'SIGKILL', o)
    await engine.containers.remove('c1', o)
    expect(asked.map(({ what }) => what)).toEqual([
      `GET /containers/json?all=1&${new URLSearchParams({ filters: '{"label":["a=b"]}' })}`,
      'POST /containers/c1/kill?signal=SIGKILL',
      'DELETE /containers/c1?force=1&v=1',
    ])
  })

  it('tell how they ended, and that memory was why', async () => {
    const { engine } = await engineThat({
      '/wait': json({ StatusCode: 137 }),
      '/c1/json': json({ State: { Running: false, ExitCode: 137, OOMKilled: true, Error: '' } }),
    })
    expect(await engine.containers.wait('c1', o)).toBe(137)
    expect(await engine.containers.state('c1', o)).toEqual({ running: false, exitCode: 137, outOfMemory: true })
  })

  it('run a program beside the others and tell its exit code', async () => {
    const { engine, asked } = await engineThat({
      '/exec': json({ Id: 'e1' }, 201),
      '/start': (response) => response.end('output'),
      '/e1/json': json({ ExitCode: 4, Running: false }),
    })
    expect(await engine.containers.execute('c1', ['/p'], { ...o, user: '0' })).toBe(4)
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ Cmd: ['/p'], User: '0' })
  })

  it('may lack a file', async () => {
    const { engine } = await engineThat({ '/archive': json({ message: 'Could not find the file' }, 404) })
    expect(await engine.containers.get('c1', '/x', o)).toBeUndefined()
  })
})

describe('images that the engine fetches', () => {
  it('are fetched with the login of the one time', async () => {
    const { engine, asked } = await engineThat({ '/images/create': (response) => response.end('{"status":"Pulling"}\n{"status":"done"}\n') })
    await engine.pull('ghcr.io/a/b:1', { serveraddress: 'ghcr.io', username: 'u', password: 'p?>' }, o)
    await engine.pull('c:1', undefined, o)
    expect(asked.map(({ what }) => what)).toEqual(['POST /images/create?fromImage=ghcr.io%2Fa%2Fb%3A1', 'POST /images/create?fromImage=c%3A1'])
    expect(JSON.parse(Buffer.from(asked[0]?.login ?? '', 'base64url').toString())).toEqual({ serveraddress: 'ghcr.io', username: 'u', password: 'p?>' })
    expect(asked[1]?.login).toBeUndefined()
  })

  it('fail after 200 as well as with an error', async () => {
    const late = await engineThat({
      '/images/create': (response) => response.end('{"status":"Pulling"}\n{"error":"no space","errorDetail":{"message":"no space left"}}\n'),
    })
    await expect(late.engine.pull('a:1', undefined, o)).rejects.toMatchObject({ code: 'DOCKER_PULL_FAILED', message: expect.stringContaining('no space left') })
    const early = await engineThat({ '/images/create': json({ message: 'pull access denied' }, 404) })
    await expect(early.engine.pull('a:1', undefined, o)).rejects.toMatchObject({
      code: 'DOCKER_REFUSED',
      message: expect.stringContaining('pull access denied'),
    })
  })
})
