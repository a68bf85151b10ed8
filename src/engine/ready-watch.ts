/** How it is known that a service is ready: a port that answers, a command that passes, a text in its log. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { problem } from '../base/problem.ts'
import type { ProcessSpec } from '../ports/infrastructure.ts'
import { isPort } from '../steps/plan-service-work.ts'
import type { Readiness, ServiceWork } from '../steps/work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

export interface ReadyCheck {
  readonly holds: (signal: AbortSignal) => Promise<boolean>
  readonly everyMs: number
  /** For the one who waits in vain. */
  readonly waitsFor: string
  /** Told once it holds. */
  readonly note: Diagnostic
}

export interface ReadyWatch {
  readonly checks: readonly ReadyCheck[]
  /** What the service prints passes by here. */
  hear(bytes: Uint8Array): void
}

export async function readyWatch(at: WorkAt<ServiceWork>, spec: ProcessSpec): Promise<ReadyWatch> {
  const [port, command, text] = await Promise.all((['tcp', 'command', 'log'] as const).map((key) => wish(key, at)))
  const log = text === undefined ? undefined : logCheck(text)
  return {
    checks: [
      ...(port === undefined ? [] : [portCheck(port, at)]),
      ...(log === undefined ? [] : [log]),
      ...(command === undefined ? [] : [commandCheck(command, spec, at)]),
    ],
    hear: (bytes) => log?.hear(bytes),
  }
}

export async function isReady(check: ReadyCheck, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  return check.holds(signal)
}

async function wish(key: keyof Readiness, { work, context }: WorkAt<ServiceWork>): Promise<string | undefined> {
  const planned = work.ready[key]
  return planned === undefined ? undefined : revealText(nowKnown(planned), context)
}

function portCheck(text: string, { state, step }: WorkAt<ServiceWork>): ReadyCheck {
  if (!isPort(text)) throw problem('SERVICE_READY_PORT', { text }, { at: step.at })
  const note = diagnose('SERVICE_READY', { how: `port ${text} takes connections` })
  return { holds: (signal) => state.workspace.answers(Number(text), { signal }), everyMs: 200, waitsFor: `nothing takes connections on port ${text}`, note }
}

function commandCheck(command: string, spec: ProcessSpec, { state, work }: WorkAt<ServiceWork>): ReadyCheck {
  const { ports: _, ...same } = spec
  const shell = work.start.kind === 'script' ? work.start.shell : 'Sh'
  const probe: ProcessSpec = { ...same, name: `${spec.name}.ready`, beside: spec.name, start: { kind: 'script', shell, script: command } }
  let last = 'it was never run'
  return {
    async holds(signal) {
      const running = await state.workspace.start(probe, { signal })
      for await (const _chunk of running.output);
      const { exit } = await running.end
      last = exit.kind === 'exited' ? `it ended with exit code ${exit.code}` : 'it was ended'
      return exit.kind === 'exited' && exit.code === 0
    },
    everyMs: 1000,
    get waitsFor() {
      return `SLIPWAY_READY_CMD does not pass, ${last}`
    },
    note: diagnose('SERVICE_READY', { how: 'SLIPWAY_READY_CMD passes' }),
  }
}

/** A text may be cut by the border of two chunks: the end of what was heard is kept. */
function logCheck(text: string): ReadyCheck & Pick<ReadyWatch, 'hear'> {
  const wanted = Buffer.from(text)
  let kept = Buffer.alloc(0)
  let found = wanted.length === 0
  return {
    hear(bytes) {
      if (found) return
      const whole = Buffer.concat([kept, bytes])
      found = whole.includes(wanted)
      kept = Buffer.from(whole.subarray(Math.max(0, whole.length - wanted.length + 1)))
    },
    holds: async () => found,
    everyMs: 100,
    waitsFor: `its log does not say "${text}"`,
    note: diagnose('SERVICE_READY', { how: `its log says "${text}"` }),
  }
}
