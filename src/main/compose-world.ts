/** The world as the command line sees it. The only place that reads the process. */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { WriteStream } from 'node:tty'
import packageJson from '../../package.json' with { type: 'json' }
import type { World, Writer } from '../cli/world.ts'
import { composeToolbox } from './compose-toolbox.ts'
import { machinePlatform } from './machine-platform.ts'
import { systemClock } from './system-clock.ts'

export interface Ends {
  readonly interrupt: () => void
  readonly orderly: () => void
  readonly hurry: AbortSignal
}

export function composeWorld(signal: AbortSignal, ends: Partial<Ends> = {}): World {
  const { env } = process
  const data = env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share')
  return {
    version: packageJson.version,
    cwd: process.cwd(),
    env,
    home: env['SLIPWAY_HOME'] ?? join(data, 'slipway'),
    platform: machinePlatform,
    clock: systemClock,
    random: randomBytes,
    stdin: () => process.stdin,
    stdout: writer(process.stdout, env),
    stderr: writer(process.stderr, env),
    signal,
    hurry: ends.hurry ?? new AbortController().signal,
    interrupt: ends.interrupt ?? (() => undefined),
    orderly: ends.orderly ?? (() => undefined),
    tools: composeToolbox({
      env,
      kill: process.kill.bind(process),
      pid: process.pid,
      clock: systemClock,
      program: programHere(),
      uid: process.getuid?.() ?? 0,
    }),
  }
}

/** What starts this program once more. */
function programHere(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '']
}

/** Of a terminal that does not know its size. */
const usual = { columns: 80, rows: 24 }

function writer(stream: WriteStream, env: NodeJS.ProcessEnv): Writer {
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb'
  return {
    write: (text) => (stream.writable === false || stream.write(text) ? undefined : taken(stream)),
    get columns() {
      return terminal ? stream.columns || usual.columns : undefined
    },
    get rows() {
      return terminal ? stream.rows || usual.rows : undefined
    },
    atExit: (text) => {
      const give = (): void => lastWords(stream === process.stderr ? 2 : 1, terminal ? text : '')
      process.once('exit', give)
      return () => process.off('exit', give)
    },
    colour: env['FORCE_COLOR'] !== undefined || (terminal && (env['NO_COLOR'] ?? '') === ''),
  }
}

/** A reader that went away takes nothing any more: whoever waits for it goes on. */
function taken(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ends) stream.off(event, done)
      resolve()
    }
    const ends = ['drain', 'error', 'close'] as const
    for (const event of ends) stream.once(event, done)
  })
}

/** The terminal may be gone already. */
function lastWords(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch {
    // Nobody is there to see it.
  }
}
