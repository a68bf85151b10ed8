/** A step in the room of its stage: processes, mounts and the room end together with the step's first process. */
import { constants } from 'node:os'
import { problem } from '../../../../base/problem.ts'
import type { StepExit } from '../../../../events/outcome.ts'
import { mergeOutput } from '../merge-output.ts'
import type { ProcessTree } from '../process-tree.ts'
import type { Room } from './make-room.ts'
import { type ProgramEnd, startProgram } from './start-program.ts'

export interface InRoom {
  /** The file to execute, as the step sees it. */
  readonly file: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

export async function startInRoom({ program, steps, pipes }: Room, o: InRoom): Promise<ProcessTree> {
  const [out, err] = [await pipes.open(), await pipes.open()]
  const signals = stepSignals(o.kill)
  try {
    const { end } = await startProgram(program, [o.file, ...o.argv], { env: o.env, cwd: '/', out: out.input, err: err.input, onProcess: signals.started })
    void end.then(signals.ended)
    return { output: mergeOutput(out.output, err.output), exit: end.then((ended) => exitOf(ended, steps, o)), end: signals.end }
  } finally {
    out.closeInput()
    err.closeInput()
  }
}

function exitOf(end: ProgramEnd, steps: Room['steps'], { argv }: InRoom): StepExit {
  if (end.kind === 'killed') return end
  const failed = end.failure === undefined ? undefined : steps[end.failure.step]
  if (end.failure !== undefined && failed?.kind === 'call') {
    throw problem('STEP_START_FAILED', { program: argv[0] ?? '', reason: `cannot ${failed.what}: ${end.failure.error}` })
  }
  return exitOfStatus(end.status ?? 0)
}

/** As wait(2) says it. */
export function exitOfStatus(status: number): StepExit {
  const number = status & 0x7f
  return number === 0 ? { kind: 'exited', code: (status >> 8) & 0xff } : { kind: 'killed', signal: signalName(number) }
}

function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
}

interface StepSignals {
  started(pid: number): void
  ended(): void
  end(graceMs: number): void
}

/** What is to be said before the step's process is known is said as soon as it is. */
export function stepSignals(kill: (pid: number, signal: NodeJS.Signals) => void): StepSignals {
  let pid: number | undefined
  let wanted: NodeJS.Signals | undefined
  let killer: NodeJS.Timeout | undefined
  let over = false
  const tryKill = (target: number, signal: NodeJS.Signals): boolean => {
    try {
      kill(target, signal)
      return true
    } catch {
      return false
    }
  }
  const send = (signal: NodeJS.Signals): void => {
    if (over) return
    wanted = signal
    // It leads a group of its own, or is just about to.
    if (pid !== undefined && !tryKill(-pid, signal)) tryKill(pid, signal)
  }
  return {
    started(number) {
      pid = number
      if (wanted !== undefined) send(wanted)
    },
    ended() {
      over = true
      clearTimeout(killer)
    },
    end(graceMs) {
      send('SIGTERM')
      if (!over) killer ??= setTimeout(() => send('SIGKILL'), graceMs)
    },
  }
}
