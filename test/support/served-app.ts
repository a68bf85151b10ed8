/** The server's app over a history in memory, with one run of every kind of event; orders are noted and not carried out. */

import { memoryHistory } from '../../src/adapters/store/memory-history.ts'
import { brandAs } from '../../src/base/brand.ts'
import type { RunEvent, RunId } from '../../src/events/run-event.ts'
import { stepPath } from '../../src/events/step-path.ts'
import { systemClock } from '../../src/main/system-clock.ts'
import type { History } from '../../src/ports/history.ts'
import { type AppOptions, serverApp } from '../../src/server/app.ts'
import type { ServerParts } from '../../src/server/parts.ts'

export const knownRun = brandAs<RunId>('01run')
export const queuedRun = brandAs<RunId>('01waits')
/** Its process was started, and has not said anything yet. */
export const startingRun = brandAs<RunId>('01starts')
const waiting = { pipeline: 'acme/shop/web', pipelineName: 'web', pipelineFile: 'web.yaml', queuedAt: 1_700_000_000_001 }
export const step = stepPath('launch', 'build')
export const nasty = '<script>alert(1)</script>\u001b[31mred\u001b[0m\u001b]0;title\u0007 "\' &amp;\n'

const story: readonly RunEvent[] = [
  {
    kind: 'run.started',
    plan: {
      pipeline: { identifier: 'web', name: 'web' },
      stages: [
        {
          kind: 'stage',
          path: stepPath('launch'),
          name: 'launch',
          infrastructure: 'fake',
          steps: [{ kind: 'step', path: step, name: 'build', type: 'BuildAndPushDockerRegistry' }],
        },
      ],
    },
    sequenceId: 1,
    pipelineFile: 'web.yaml',
  },
  { kind: 'stage.started', stage: stepPath('launch') },
  { kind: 'code.placed', step, folder: '/harness', codebase: { branch: 'main', commitSha: 'c0ffee' }, underBuild: true },
  { kind: 'step.started', step, does: 'builds', facts: [{ about: 'tool', name: 'kaniko', text: 'the default' }] },
  { kind: 'step.output', step, stream: 'out', text: 'one\ntwo\n' },
  { kind: 'step.output', step, stream: 'err', text: nasty },
  { kind: 'image.built', step, digest: 'sha256:1', bytes: 1, layers: 1, cached: 0 },
  { kind: 'image.delivered', step, ref: 'docker.io/acme/web:1', digest: 'sha256:1', bytes: 1 },
  { kind: 'images.published', step, published: { registryType: 'Docker', registryUrl: 'docker.io', images: [{ image: 'acme/web:1', digest: 'sha256:1' }] } },
  { kind: 'file.written', step, file: { path: '/harness/image.tar', bytes: 3 } },
  { kind: 'step.outputs', step, outputs: [{ name: 'KEY', value: 'not-to-be-told', secret: true }] },
  { kind: 'step.waiting', step, timeoutMs: 1000, otherwise: 'it fails' },
]

export interface Served {
  readonly history: History
  readonly orders: readonly string[]
  readonly parts: ServerParts
  readonly told: readonly string[]
  fetch(path: string, init?: RequestInit): Promise<Response>
}

export async function servedApp(
  o: Partial<Omit<AppOptions, 'parts' | 'tell'>> & { readonly readOnly?: boolean; readonly history?: History } = {},
): Promise<Served> {
  const history = o.history ?? memoryHistory()
  if ((await history.find(knownRun)) === undefined) {
    const about = { pipeline: 'acme/shop/web', pipelineName: 'web\r\nX-Evil: "1"', pipelineFile: 'web.yaml', startedAt: 1_700_000_000_000 }
    await history.begin({ run: knownRun, ...about, given: { options: { input: ['TOKEN=not-to-be-told'] }, text: 'sha256:0' } })
    await history.append(story.map((event, i) => ({ run: knownRun, seq: i + 1, at: 1000 + i, event })))
  }
  const orders: string[] = []
  const told: string[] = []
  const ordered = async (text: string): Promise<RunId> => {
    orders.push(text)
    return brandAs<RunId>('01new')
  }
  const parts: ServerParts = {
    version: '1.2.3',
    history,
    clock: systemClock,
    readOnly: o.readOnly ?? false,
    signal: new AbortController().signal,
    answers: {
      wait: () => Promise.reject(new Error('nobody waits')),
      give: async (run, path, choice) => {
        orders.push(`answer ${run} ${path} ${choice}`)
        return 'given'
      },
      forget: async () => undefined,
    },
    pipelines: {
      list: async () => [
        {
          id: 'abc',
          file: 'web.yaml',
          pipeline: 'acme/shop/web',
          identifier: 'web',
          name: 'web',
          stages: [{ identifier: 'launch', name: 'launch' }],
          problems: [],
        },
      ],
      form: async (id) =>
        id === 'abc'
          ? {
              inputs: [{ path: 'variables.TAG', oneOf: ['1', '2'] }],
              variables: [{ name: 'WHO', type: 'String', value: 'me' }],
              stages: [{ identifier: 'launch', name: 'launch' }],
              branches: ['main'],
              branch: 'main',
              secrets: [{ name: 'key', known: false }],
            }
          : undefined,
    },
    desk: {
      limit: 2,
      start: (order) => ordered(`start ${JSON.stringify(order)}`),
      again: (of, order) => ordered(`again ${of.run} ${JSON.stringify(order)}`),
      queued: async () => [
        { ...waiting, run: startingRun, state: { kind: 'started' } },
        {
          ...waiting,
          run: queuedRun,
          state: { kind: 'refused', why: 'no input' },
        },
      ],
      cancel: async (run) => (run === queuedRun ? 'cancelled' : undefined),
      stop: async (run, stop) => void (await ordered(`stop ${run} ${stop}`)),
    },
  }
  const { readOnly: _, history: __, ...options } = o
  const app = serverApp({ parts, names: new Set(['localhost']), tell: (text) => void told.push(text), ...options })
  const fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (!headers.has('host')) headers.set('host', 'localhost:8700')
    return app.fetch(new Request(`http://localhost:8700${path}`, { ...init, headers }))
  }
  return { history, orders, parts, told, fetch }
}
