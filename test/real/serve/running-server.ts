/** `slipway serve` as its own process, and what the tests ask of it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { Recorded } from '../../../src/events/run-event.ts'
import { root } from '../../../tools/support/root.ts'
import type { TempProject } from '../../support/temp-project.ts'

const program = ['--disable-warning=ExperimentalWarning', join(root, 'src/main/cli.ts')]

export interface Row {
  readonly run: string
  readonly status: string
  readonly refusal?: string
}

export interface RunningServer {
  readonly url: string
  readonly pid: number
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: object): Promise<{ readonly status: number; readonly body: T }>
  /** Starts the only pipeline it has. */
  start(order?: object): Promise<string>
  row(run: string): Promise<Row>
  /** Waits until the run is so. */
  until(run: string, ...statuses: readonly string[]): Promise<Row>
  stream(run: string): Promise<readonly Recorded[]>
  signal(signal: NodeJS.Signals): void
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

export async function server(place: TempProject, ...args: readonly string[]): Promise<RunningServer> {
  const child = command(place, 'serve', 'pipeline.yaml', '--listen', '127.0.0.1:0', ...args)
  const heard = Promise.withResolvers<string>()
  let said = ''
  child.stdout.on('data', (bytes: Buffer) => {
    said += bytes.toString()
    const url = /http:\/\/\S+/.exec(said)?.[0]
    if (url !== undefined) heard.resolve(url)
  })
  const ended = endOf(child)
  void ended.then(({ err }) => heard.reject(new Error(`the server ended: ${err}`)))
  heard.promise.catch(() => undefined)
  const url = await heard.promise
  const get = async <T>(path: string): Promise<T> => (await (await fetch(url + path)).json()) as T
  const post = async <T>(path: string, body: object): Promise<{ status: number; body: T }> => {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return { status: answer.status, body: (await answer.json()) as T }
  }
  const row = async (run: string): Promise<Row> => (await get<{ run: Row }>(`/api/runs/${run}`)).run
  return {
    url,
    pid: child.pid ?? 0,
    get,
    post,
    row,
    ended,
    signal: (signal) => void child.kill(signal),
    async start(order = {}) {
      const { pipelines } = await get<{ pipelines: readonly { id: string }[] }>('/api/pipelines')
      const { status, body } = await post<{ run: string }>('/api/runs', { pipeline: pipelines[0]?.id, on: 'local', ...order })
      if (status !== 202) throw new Error(JSON.stringify(body))
      return body.run
    },
    async until(run, ...statuses) {
      for (let i = 0; i < 300; i++) {
        const now = await row(run)
        if (statuses.includes(now.status)) return now
        await pause(100)
      }
      throw new Error(`${run} is ${JSON.stringify(await row(run))}, not ${statuses.join(' or ')}`)
    },
    async stream(run) {
      const all = await (await fetch(`${url}/api/runs/${run}/events/stream`)).text()
      return [...all.matchAll(/^data: (\[.*\])$/gm)].flatMap(([, data]) => JSON.parse(data ?? '[]') as Recorded[])
    },
  }
}

/** Any command over the same data folder, as another terminal would start it. */
export function command(place: TempProject, ...args: readonly string[]) {
  const env = { ...process.env, SLIPWAY_HOME: place.path('home') }
  return spawn(process.execPath, [...program, ...args], { cwd: place.dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

export async function endOf(child: ReturnType<typeof command>): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit') as Promise<[number | null]>])
  return { code, out, err }
}
