/** Infrastructure fake: steps do what their FAKE_* variables say and nothing else. For trying the flow of a pipeline, and for tests. */
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { Infrastructure, ProcessSpec, RunningStep, Workspace } from '../../../ports/infrastructure.ts'
import { programOf } from '../program-of.ts'
import { act } from './act.ts'
import { fakeCode } from './fake-code.ts'
import { fakePorts } from './fake-ports.ts'
import { type Manner, mannerOf } from './manner.ts'

export interface FakeOptions {
  readonly clock: Clock
  /** Where workspaces would be; nothing is written there. */
  readonly dir: string
  /** In place of code that only seems to come. */
  readonly code?: CodePlacer
}

export function fakeInfra(o: FakeOptions): Infrastructure {
  return { name: 'fake', check: async () => [], open: async (stage) => fakeWorkspace(o, join(o.dir, stage.identifier)) }
}

function fakeWorkspace({ clock, code = fakeCode }: FakeOptions, dir: string): Workspace {
  const closing = new AbortController()
  const running = new Set<RunningStep['end']>()
  const ports = fakePorts(clock)
  const tries = new Map<string, number>()
  const hostPath = (path: string): string => join(dir, path.replace(/^\/harness/, ''))
  return {
    hostPath,
    placeCode: (request, placing) => code.place(request, hostPath, placing),
    async start(spec, { signal }) {
      signal.throwIfAborted()
      const turn = tries.get(spec.name) ?? 0
      tries.set(spec.name, turn + 1)
      const manner = usual(mannerOf(plainEnv(spec), { step: spec.name, turn }), spec)
      if (manner.startFailure !== undefined) throw problem('STEP_START_FAILED', { program: programOf(spec), reason: manner.startFailure })
      const step = act(manner, spec, { clock, signal: AbortSignal.any([signal, closing.signal]) })
      running.add(step.end)
      for (const port of portsOf(manner, spec)) ports.listen(port, manner.listensAfterMs, step.end)
      return step
    },
    answers: async (port) => ports.answers(port),
    async close() {
      closing.abort()
      await Promise.allSettled(running)
    },
  }
}

/** A service stays until its stage ends, unless it is told how to end. */
function usual(manner: Manner, { ports }: ProcessSpec): Manner {
  const told = manner.sleepMs > 0 || manner.exit > 0 || manner.outOfMemory || manner.failure !== undefined
  return ports === undefined || told ? manner : { ...manner, hangs: true }
}

function portsOf({ listens }: Manner, { ports = {} }: ProcessSpec): readonly number[] {
  return listens === undefined ? Object.keys(ports).map(Number) : [listens]
}

/** A command that asks a service whether it is ready is steered by FAKE_READY_EXIT and the like, the service itself by the plain names. */
function plainEnv(spec: ProcessSpec): ReadonlyMap<string, string> {
  const env = [...spec.env].map(([name, value]) => [name, typeof value === 'string' ? value : value.reveal()] as const)
  const [asking, other] = [env.filter(([name]) => name.startsWith(forReady)), env.filter(([name]) => !name.startsWith(forReady))]
  return new Map(spec.name.endsWith('.ready') ? asking.map(([name, value]) => [`FAKE_${name.slice(forReady.length)}`, value]) : other)
}

const forReady = 'FAKE_READY_'
