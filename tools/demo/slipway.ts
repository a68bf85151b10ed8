/** Starts the program of this clone, as a user would, for the demo and for tests of the whole. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../support/root.ts'

const cli = join(root, 'src', 'main', 'cli.ts')

/** Program and arguments of a command. */
export function programArguments(...args: readonly string[]): readonly string[] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', cli, ...args]
}

export interface Served {
  readonly name: string
  readonly url: string
}

export interface Registries {
  readonly servers: readonly Served[]
  stop(): Promise<void>
}

export interface Ended {
  readonly code: number
  readonly errors: string
}

/** Runs a command with a data folder of its own, in the clone or a folder of it; what it says is shown. */
export async function slipway(args: readonly string[], home: string, o: { readonly cwd?: string } = {}): Promise<Ended> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    cwd: o.cwd ?? root,
    stdio: ['inherit', 'inherit', 'pipe'],
    env: { ...process.env, SLIPWAY_HOME: home },
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
    process.stderr.write(text)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? 1, errors }
}

/** Serves the registries that runs with this data folder pushed to, on free ports. */
export async function startRegistries(home: string, names: readonly string[]): Promise<Registries> {
  const listen = names.flatMap((name) => ['--listen', `127.0.0.1:0=${name}`])
  const args = ['--disable-warning=ExperimentalWarning', cli, 'registry', 'serve', '--data', join(home, 'registry'), ...listen]
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SLIPWAY_HOME: home } })
  // Also when this process ends in the middle.
  const end = (): void => void child.kill('SIGTERM')
  process.on('exit', end)
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
      process.off('exit', end)
      child.kill('SIGTERM')
      await exited
    },
  }
}
