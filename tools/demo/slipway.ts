/** Starts the program of this clone, as a user would, for the demo and for tests of the whole. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../support/root.ts'

const cli = join(root, 'src', 'main', 'cli.ts')

export interface Served {
  readonly name: string
  readonly url: string
}

export interface Registries {
  readonly servers: readonly Served[]
  stop(): Promise<void>
}

/** Runs a command in the clone with a data folder of its own; answers the exit code. */
export async function slipway(args: readonly string[], home: string): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SLIPWAY_HOME: home },
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code ?? 1
}

/** Serves the registries that runs with this data folder pushed to, on free ports. */
export async function startRegistries(home: string, names: readonly string[]): Promise<Registries> {
  const listen = names.flatMap((name) => ['--listen', `127.0.0.1:0=${name}`])
  const args = ['--disable-warning=ExperimentalWarning', cli, 'registry', 'serve', '--data', join(home, 'registry'), ...listen]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLIPWAY_HOME: home } })
  const servers: Served[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /registry at (http:\S+),/.exec(line)?.[1]
    const name = names[servers.length]
    if (url !== undefined && name !== undefined) servers.push({ name, url })
    if (servers.length === names.length) break
  }
  return {
    servers,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}
