/** One step's process in a group of its own, so that ending the step ends its children too, each of them politely. */
import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { StepExit } from '../../../events/outcome.ts'
import type { OutputChunk } from '../../../ports/infrastructure.ts'
import { groupRuns } from '../../processes/process-group.ts'
import { mergeOutput } from './merge-output.ts'

export interface ProcessTree {
  readonly output: AsyncIterable<OutputChunk>
  readonly exit: Promise<StepExit>
  /** SIGTERM to the group, SIGKILL after `graceMs`. Safe to call at any time. */
  end(graceMs: number): void
}

export interface TreeOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Signals a process, or a group when the pid is negative; throws when there is none. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

/** So often is looked whether the rest of a group has ended. */
const lookMs = 25

/** Rejects when the program cannot be started. */
export async function startTree(argv: readonly string[], o: TreeOptions): Promise<ProcessTree> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { cwd: o.cwd, env: o.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = new Promise<StepExit>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'killed', signal }))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) o.kill(-child.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  let killer: NodeJS.Timeout | undefined
  let asked = false
  const gone = exit.then(async (end) => {
    // Who was asked to end has time for it, also where the shell that started it has not waited for it.
    while (asked && child.pid !== undefined && groupRuns(child.pid)) await pause(lookMs)
    clearTimeout(killer)
    // Children that outlive the script would keep its output open, and the step running, for ever.
    signalGroup('SIGKILL')
    return end
  })
  return {
    output: mergeOutput(child.stdout, child.stderr),
    exit: gone,
    end(graceMs) {
      asked ||= graceMs > 0
      signalGroup('SIGTERM')
      killer ??= setTimeout(() => {
        asked = false
        signalGroup('SIGKILL')
      }, graceMs)
    },
  }
}
