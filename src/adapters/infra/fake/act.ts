/** One pretended process: prints, works, and ends as its manner says, or when it is told to end. */
import type { Clock } from '../../../base/clock.ts'
import type { StepExit } from '../../../events/outcome.ts'
import type { OutputChunk, ProcessSpec, RunningStep, StepEnd } from '../../../ports/infrastructure.ts'
import { fakeFailures } from './fake-failures.ts'
import type { Manner } from './manner.ts'

interface Stage {
  readonly clock: Clock
  readonly signal: AbortSignal
}

export function act(manner: Manner, spec: ProcessSpec, stage: Stage): RunningStep {
  const end = live(manner, spec, stage)
  // Whoever reads the output to its end hears of a failure there.
  end.catch(() => undefined)
  return { output: outputOf(manner, end, stage), end }
}

const nothing = { outputs: '', secrets: '', env: '' }

async function live(manner: Manner, spec: ProcessSpec, { clock, signal }: Stage): Promise<StepEnd> {
  await (manner.hangs ? untilEnded(signal) : worked(manner.sleepMs, { clock, signal }))
  if (signal.aborted) {
    if (manner.ignoresTerm) await clock.sleep(spec.graceMs, { signal: new AbortController().signal })
    return { exit: { kind: 'killed', signal: manner.ignoresTerm ? 'SIGKILL' : 'SIGTERM' }, outputs: new Map(), handed: nothing }
  }
  if (manner.failure !== undefined) throw fakeFailures[manner.failure]()
  const exit = exitOf(manner)
  return { exit, outputs: outputsOf(manner, spec, exit), handed: { ...nothing, outputs: written(manner, spec) } }
}

async function worked(ms: number, { clock, signal }: Stage): Promise<void> {
  if (ms > 0) await clock.sleep(ms, { signal }).catch(() => undefined)
}

/** Not a sleep of the clock: it would be over when nothing else is to come. The timer keeps the program there, as a process would. */
function untilEnded(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const alive = setInterval(() => undefined, 2 ** 30)
    signal.addEventListener('abort', () => resolve(clearInterval(alive)), { once: true })
  })
}

function exitOf({ outOfMemory, exit }: Manner): StepExit {
  return outOfMemory ? { kind: 'out-of-memory' } : { kind: 'exited', code: exit }
}

/** A step that went well has set every variable it promises; where nobody says to what, to a text that names it. */
function outputsOf({ outputs, unset }: Manner, spec: ProcessSpec, exit: StepExit): ReadonlyMap<string, string> {
  const well = exit.kind === 'exited' && exit.code === 0
  return new Map(
    spec.outputs.flatMap((name) => {
      const value = outputs.get(name) ?? (well && !unset.includes(name) ? `fake-${name}` : undefined)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/** What the step does not declare goes to its file of outputs. */
function written({ outputs }: Manner, spec: ProcessSpec): string {
  return [...outputs].flatMap(([name, value]) => (spec.outputs.includes(name) ? [] : [`${name}=${value}\n`])).join('')
}

async function* outputOf(manner: Manner, end: RunningStep['end'], { signal }: Stage): AsyncGenerator<OutputChunk> {
  if (manner.output !== undefined) yield { stream: 'out', bytes: lineOf(manner.output) }
  if (manner.printed !== undefined) yield { stream: 'out', bytes: lineOf(manner.printed) }
  if (manner.errors !== undefined) yield { stream: 'err', bytes: lineOf(manner.errors) }
  const block = Buffer.alloc(65_536, 'fake output\n')
  for (let left = manner.floodBytes; left > 0 && !signal.aborted; left -= block.length)
    yield { stream: 'out', bytes: block.subarray(0, Math.min(left, block.length)) }
  await end
}

function lineOf(text: string): Buffer {
  return Buffer.from(text.endsWith('\n') ? text : `${text}\n`)
}
