/**
 * Infrastructure fake: steps do what their environment says, in no time. For trying the flow of a pipeline, and for tests.
 *   FAKE_LISTEN port · FAKE_LISTEN_AFTER milliseconds · FAKE_OUTPUT text · FAKE_EXIT code, or codes by try (1,1,0) · FAKE_SLEEP milliseconds · FAKE_START_FAIL message · FAKE_OOM true · FAKE_HANG true · FAKE_FLOOD bytes · FAKE_OUT_<NAME> value
 */
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import type { StepExit } from '../../../events/outcome.ts'
import type { Infrastructure, OutputChunk, ProcessSpec, StepEnd, Workspace } from '../../../ports/infrastructure.ts'
import { programOf } from '../program-of.ts'
import { type FakePorts, fakePorts } from './fake-ports.ts'

export function fakeInfra(o: { readonly clock: Clock; readonly dir: string }): Infrastructure {
  return { name: 'fake', check: async () => [], open: async (stage) => fakeWorkspace(o.clock, join(o.dir, stage.identifier)) }
}

function fakeWorkspace(clock: Clock, dir: string): Workspace {
  const closing = new AbortController()
  const tries = new Map<string, number>()
  const ports: FakePorts = fakePorts(clock)
  return {
    hostPath: (path) => join(dir, path.replace(/^\/harness/, '')),
    async start(spec, { signal }) {
      signal.throwIfAborted()
      const env = plainEnv(spec)
      const turn = tries.get(spec.name) ?? 0
      tries.set(spec.name, turn + 1)
      const failure = env.get('FAKE_START_FAIL')
      if (failure !== undefined) throw problem('STEP_START_FAILED', { program: programOf(spec), reason: failure })
      const end = act(env, spec, turn, clock, AbortSignal.any([signal, closing.signal]))
      ports.listen(env, end)
      return { output: outputOf(env, end), end }
    },
    answers: async (port) => ports.answers(port),
    close: async () => closing.abort(),
  }
}

function plainEnv(spec: ProcessSpec): ReadonlyMap<string, string> {
  return new Map([...spec.env].map(([name, value]) => [name, typeof value === 'string' ? value : value.reveal()]))
}

async function act(env: ReadonlyMap<string, string>, spec: ProcessSpec, turn: number, clock: Clock, signal: AbortSignal): Promise<StepEnd> {
  const hang = env.get('FAKE_HANG') === 'true'
  const ms = hang ? 2 ** 31 - 1 : Number(env.get('FAKE_SLEEP') ?? 0)
  const slept =
    ms === 0 ||
    (await clock
      .sleep(ms, { signal })
      .then(() => true)
      .catch(() => false))
  if (!slept || signal.aborted) return { exit: { kind: 'killed', signal: 'SIGTERM' }, outputs: new Map(), handed: { outputs: '', secrets: '', env: '' } }
  return { exit: exitOf(env, turn), ...outputsOf(env, spec) }
}

/** What the step does not declare goes to its file of outputs. */
function outputsOf(env: ReadonlyMap<string, string>, spec: ProcessSpec): Pick<StepEnd, 'outputs' | 'handed'> {
  const given = [...env].flatMap(([name, value]) => (name.startsWith('FAKE_OUT_') ? [[name.slice('FAKE_OUT_'.length), value] as const] : []))
  const declared = new Set(spec.outputs)
  const written = given.filter(([name]) => !declared.has(name)).map(([name, value]) => `${name}=${value}\n`)
  return { outputs: new Map(given.filter(([name]) => declared.has(name))), handed: { outputs: written.join(''), secrets: '', env: '' } }
}

function exitOf(env: ReadonlyMap<string, string>, turn: number): StepExit {
  if (env.get('FAKE_OOM') === 'true') return { kind: 'out-of-memory' }
  const codes = (env.get('FAKE_EXIT') ?? '0').split(',')
  return { kind: 'exited', code: Number(codes[Math.min(turn, codes.length - 1)]) }
}

async function* outputOf(env: ReadonlyMap<string, string>, end: Promise<StepEnd>): AsyncGenerator<OutputChunk> {
  const text = env.get('FAKE_OUTPUT')
  if (text !== undefined) yield { stream: 'out', bytes: Buffer.from(text.endsWith('\n') ? text : `${text}\n`) }
  const block = Buffer.alloc(65_536, 'fake output\n')
  for (let left = Number(env.get('FAKE_FLOOD') ?? 0); left > 0; left -= block.length)
    yield { stream: 'out', bytes: block.subarray(0, Math.min(left, block.length)) }
  await end
}
