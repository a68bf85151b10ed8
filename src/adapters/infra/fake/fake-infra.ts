/** Infrastructure fake: steps do what their FAKE_* variables say and nothing else. For trying the flow of a pipeline, and for tests. */
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { problem } from '../../../base/problem.ts'
import type { Infrastructure, ProcessSpec, RunningStep, Workspace } from '../../../ports/infrastructure.ts'
import { programOf } from '../program-of.ts'
import { act } from './act.ts'
import { fakePorts } from './fake-ports.ts'
import { mannerOf } from './manner.ts'

/** `dir`: where workspaces would be; nothing is written there. */
export function fakeInfra(o: { readonly clock: Clock; readonly dir: string }): Infrastructure {
  return { name: 'fake', check: async () => [], open: async (stage) => fakeWorkspace(o.clock, join(o.dir, stage.identifier)) }
}

function fakeWorkspace(clock: Clock, dir: string): Workspace {
  const closing = new AbortController()
  const running = new Set<RunningStep['end']>()
  const ports = fakePorts(clock)
  const tries = new Map<string, number>()
  return {
    hostPath: (path) => join(dir, path.replace(/^\/harness/, '')),
    async start(spec, { signal }) {
      signal.throwIfAborted()
      const turn = tries.get(spec.name) ?? 0
      tries.set(spec.name, turn + 1)
      const manner = mannerOf(plainEnv(spec), { step: spec.name, turn })
      if (manner.startFailure !== undefined) throw problem('STEP_START_FAILED', { program: programOf(spec), reason: manner.startFailure })
      const step = act(manner, spec, { clock, signal: AbortSignal.any([signal, closing.signal]) })
      running.add(step.end)
      ports.listen(manner.listens, step.end)
      return step
    },
    answers: async (port) => ports.answers(port),
    async close() {
      closing.abort()
      await Promise.allSettled(running)
    },
  }
}

/** A command that asks a service whether it is ready is steered by FAKE_READY_EXIT and the like, the service itself by the plain names. */
function plainEnv(spec: ProcessSpec): ReadonlyMap<string, string> {
  const env = [...spec.env].map(([name, value]) => [name, typeof value === 'string' ? value : value.reveal()] as const)
  const [asking, other] = [env.filter(([name]) => name.startsWith(forReady)), env.filter(([name]) => !name.startsWith(forReady))]
  return new Map(spec.name.endsWith('.ready') ? asking.map(([name, value]) => [`FAKE_${name.slice(forReady.length)}`, value]) : other)
}

const forReady = 'FAKE_READY_'
