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

export function composeWorld(signal: AbortSignal): World {
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
    tools: composeToolbox({ env, kill: process.kill.bind(process), clock: systemClock, program: programHere(), uid: process.getuid?.() ?? 0 }),
  }
}

/** What starts this program once more. */
function programHere(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '']
}

function writer(stream: WriteStream, env: NodeJS.ProcessEnv): Writer {
  const terminal = stream.isTTY === true && env['TERM'] !== 'dumb'
  return {
    write: (text) => (stream.write(text) ? undefined : new Promise<void>((resolve) => stream.once('drain', resolve))),
    get columns() {
      return terminal ? stream.columns : undefined
    },
    get rows() {
      return terminal ? stream.rows : undefined
    },
    atExit: (text) => {
      const give = (): void => lastWords(stream === process.stderr ? 2 : 1, terminal ? text : '')
      process.once('exit', give)
      return () => process.off('exit', give)
    },
    colour: env['FORCE_COLOR'] !== undefined || (terminal && (env['NO_COLOR'] ?? '') === ''),
  }
}

/** The terminal may be gone already. */
function lastWords(descriptor: number, text: string): void {
  try {
    writeSync(descriptor, text)
  } catch {
    // Nobody is there to see it.
  }
}
