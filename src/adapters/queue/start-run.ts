/** A process per queued run, in a group of its own: Ctrl-C in the terminal of the server is not for it, and it outlives a server that is killed. */
import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId } from '../../events/run-event.ts'
import { ifPresent } from '../../media/file-errors.ts'
import type { RunStarter } from '../../ports/run-starter.ts'

export interface StartOptions {
  /** Data folder. */
  readonly home: string
  /** Starts this program; the command and the run come behind it. */
  readonly program: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: 0) => void
}

/** Who may start pipelines is no matter of the pipelines. */
const notForRuns = 'SLIPWAY_SERVE_TOKEN'
const longestWords = 20_000

export const queuedRunCommand = 'run-queued'

export function runStarter({ home, program, env, kill }: StartOptions): RunStarter {
  const dir = join(home, 'queue')
  const fileOf = (run: RunId, ending: 'out' | 'pid'): string => join(dir, `${run}.${ending}`)
  return {
    async start(run) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      const [command = '', ...args] = program
      const out = await open(fileOf(run, 'out'), 'w', 0o600)
      const { [notForRuns]: _, ...ours } = env
      const child = spawn(command, [...args, queuedRunCommand, run], {
        detached: true,
        stdio: ['ignore', out.fd, out.fd],
        env: { ...ours, SLIPWAY_HOME: home } as NodeJS.ProcessEnv,
      })
      const gone = new Promise<string>((resolve) => {
        child.once('error', (error) => resolve(error.message))
        child.once('exit', () => resolve(''))
      })
      await out.close()
      if (child.pid !== undefined) await writeFile(fileOf(run, 'pid'), String(child.pid), { mode: 0o600 })
      const ended = gone.then(async (failure) => {
        const words = failure || ((await ifPresent(readFile(fileOf(run, 'out'), 'utf8'))) ?? '')
        for (const ending of ['out', 'pid'] as const) await rm(fileOf(run, ending), { force: true })
        return words.slice(-longestWords)
      })
      return { ended }
    },
    async lives(run) {
      const pid = Number((await ifPresent(readFile(fileOf(run, 'pid'), 'utf8'))) ?? 0)
      if (pid < 2) return false
      try {
        kill(pid, 0)
      } catch {
        return false
      }
      // Numbers are given again: where the system tells, it has to be the process of this run.
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
      return words === undefined || words.includes(run)
    },
  }
}
