/** Processes of the command line that are killed in the middle, and the questions that are asked of what they leave. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { freePort, type RealProcess, startProcess } from '../../support/real-process.ts'

const program = 'src/main/cli.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** Runs `slipway` with a data folder; SIGKILL when the time has come, if it still runs then. */
export function slipway(home: string, args: readonly string[], o: { readonly killWhen?: Promise<unknown> } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, SLIPWAY_HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  void o.killWhen?.then(() => child.kill('SIGKILL'))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, output: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

export interface Served {
  /** `127.0.0.1:PORT`. */
  readonly registry: string
  readonly process: RealProcess
  kill(): Promise<void>
}

/** `slipway registry serve` over a folder. */
export async function serve(data: string): Promise<Served> {
  const registry = `127.0.0.1:${await freePort()}`
  const args = [program, 'registry', 'serve', '--listen', registry, '--data', data]
  const running = await startProcess({ program: process.execPath, args, ready: async () => (await fetch(`http://${registry}/v2/`)).ok })
  const kill = async (): Promise<void> => {
    process.kill(running.pid, 'SIGKILL')
    await running.stop()
  }
  return { registry, process: running, kill }
}

/** Names of blobs below DIR/blobs whose bytes are not those of their digest. */
export async function wrongBlobs(dir: string): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const algorithm of ['sha256', 'sha512']) {
    const folder = join(dir, 'blobs', algorithm)
    for (const name of await readdir(folder).catch(() => [])) {
      const hash = createHash(algorithm)
      await pipeline(createReadStream(join(folder, name)), hash)
      if (hash.digest('hex') !== name) wrong.push(`${algorithm}/${name}`)
    }
  }
  return wrong
}

/** Files below a folder that only a crash leaves: temporary ones, and blobs on their way. */
export async function leftovers(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return files.filter((file) => file.includes('.slipway-tmp-') || file.includes('/ingest/') || file.includes('/_uploads/'))
}
