/** A step in the room of its stage: processes, mounts and the room end together with the step's first process. */
import { constants } from 'node:os'
import { problem } from '../../../../base/problem.ts'
import type { StepExit } from '../../../../events/outcome.ts'
import { mergeOutput } from '../merge-output.ts'
import type { ProcessTree } from '../process-tree.ts'
import type { Room } from './make-room.ts'
import type { ProgramEnd } from './starter.ts'

export interface InRoom {
  /** The file to execute, as the step sees it. */
  readonly file: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
}

/** An end is told before the errors end. What comes late by so much does not come. */
const unheardMs = 1000

export async function startInRoom({ starter, steps, pipes }: Room, o: InRoom): Promise<ProcessTree> {
  const [out, err] = [await pipes.open(), await pipes.open()]
  const closeInputs = (): void => {
    out.closeInput()
    err.closeInput()
  }
  const signals = stepSignals(o.kill, () => setTimeout(closeInputs, unheardMs).unref())
  const onProcess = (pid: number | undefined): void => {
    closeInputs()
    if (pid !== undefined) signals.started(pid)
  }
  try {
    const { file, argv, env } = o
    const { end, lost } = await starter.start({ file, argv, env, out: out.path, err: err.path, onProcess })
    void end.then(signals.ended)
    err.output.once('end', () => {
      if (!signals.over()) setTimeout(lost, unheardMs).unref()
    })
    return { output: mergeOutput(out.output, err.output), exit: end.then((ended) => exitOf(ended, steps, o)), end: signals.end }
  } catch (error) {
    closeInputs()
    throw error
  }
}

function exitOf(end: ProgramEnd, steps: Room['steps'], { argv }: InRoom): StepExit {
  if (end.kind === 'killed') return end
  if (end.kind === 'ended') return exitOfStatus(end.status)
  const failed = steps[end.step]
  const what = failed?.kind === 'call' ? failed.what : 'start'
  throw problem('STEP_START_FAILED', { program: argv[0] ?? '', reason: `cannot ${what}: ${end.error}` })
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
  over(): boolean
  end(graceMs: number): void
}

/** What is to be said before the step's process is known is said as soon as it is; `unknown` is told when it should be dead and is not known. */
function stepSignals(kill: (pid: number, signal: NodeJS.Signals) => void, unknown: () => void): StepSignals {
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
    over: () => over,
    end(graceMs) {
      send('SIGTERM')
      if (!over) killer ??= setTimeout(() => (pid === undefined ? unknown() : send('SIGKILL')), graceMs)
    },
  }
}
