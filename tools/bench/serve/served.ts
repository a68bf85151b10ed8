/** The bundled server as a process of its own, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'

export interface ServedBundle {
  readonly url: string
  post(path: string, body: object): Promise<Readonly<Record<string, unknown>>>
  get(path: string): Promise<Readonly<Record<string, unknown>>>
  end(): Promise<void>
}

export async function serveBundle(o: {
  readonly entry: string
  readonly home: string
  readonly cwd: string
  readonly files: readonly string[]
}): Promise<ServedBundle> {
  const server = spawn(process.execPath, [o.entry, 'serve', ...o.files, '--listen', '127.0.0.1:0'], {
    cwd: o.cwd,
    env: { ...process.env, SLIPWAY_HOME: o.home },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await addressOf(server)
  const ask = async (path: string, init?: RequestInit): Promise<Readonly<Record<string, unknown>>> => {
    const answer = await fetch(url + path, init)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Readonly<Record<string, unknown>>
  }
  return {
    url,
    get: ask,
    post: (path, body) => ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    end: () =>
      new Promise((resolve) => {
        server.once('exit', () => resolve())
        server.kill('SIGINT')
      }),
  }
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)))
    server.stdout?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      const url = /http:\/\/\S+/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    })
  })
}
