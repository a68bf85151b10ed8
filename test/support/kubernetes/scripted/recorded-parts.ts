/** What the answers of the scripted server are made of: parts of what a real one has said. */
import { readTranscript } from '../recorded/transcript.ts'

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

export interface ContainerStatus {
  readonly name: string
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly containerID?: string
  readonly image: string
}

export interface RecordedPod {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly volumes: readonly { readonly name: string }[]
    readonly containers: readonly (Readonly<Record<string, unknown>> & { readonly volumeMounts: readonly { readonly name: string }[] })[]
  }
  readonly status: Readonly<Record<string, unknown>> & {
    readonly phase: string
    readonly reason?: string
    readonly conditions?: readonly Condition[]
    readonly initContainerStatuses?: readonly ContainerStatus[]
    readonly containerStatuses?: readonly ContainerStatus[]
  }
}

/** All that was told of pods, in order. */
function podsOf(name: string): readonly RecordedPod[] {
  const told = readTranscript(name).exchanges.flatMap(({ answer, events = [] }) => [answer, ...events.map(({ object }) => object)])
  return told.flatMap((one) => {
    const { kind, items } = (one ?? {}) as { readonly kind?: string; readonly items?: readonly RecordedPod[] }
    return kind === 'Pod' ? [one as RecordedPod] : kind === 'PodList' ? (items ?? []) : []
  })
}

function found<T>(what: string, value: T | undefined): T {
  if (value === undefined) throw new Error(`no transcript has ${what}: record them anew`)
  return value
}

const orderly = podsOf('two steps and a service')
const hasState = (state: string) => (one: ContainerStatus) => one.state[state] !== undefined
const statuses = [...orderly, ...podsOf('an image that is missing')].flatMap(({ status }) => status.containerStatuses ?? [])
const oneStatus = (what: string, fits: (status: ContainerStatus) => boolean): ContainerStatus => found(what, statuses.find(fits))
const waitsFor = (reason: string) => oneStatus(reason, ({ state }) => state['waiting']?.['reason'] === reason)

export const pods = {
  created: found(
    'a new pod',
    orderly.find(({ status }) => status.conditions === undefined),
  ),
  scheduled: found(
    'a pod with a node',
    orderly.find(({ status, spec }) => status.conditions?.length === 1 && spec['nodeName'] !== undefined),
  ),
  preparing: found(
    'a pod whose first container waits',
    orderly.find(({ status }) => status.initContainerStatuses?.some(hasState('waiting'))),
  ),
  running: found(
    'a pod that runs',
    orderly.find(({ status }) => status.phase === 'Running'),
  ),
  ending: found(
    'a pod that ends',
    orderly.find(({ metadata }) => metadata['deletionTimestamp'] !== undefined),
  ),
  unschedulable: found(
    'a pod without a node',
    podsOf('no node').find(({ status }) => status.conditions?.[0]?.status === 'False'),
  ),
  evicted: found(
    'a pod that was evicted',
    podsOf('an eviction').find(({ status }) => status.reason === 'Evicted'),
  ),
} as const

export const containerStatuses = {
  initialising: waitsFor('PodInitializing'),
  pullFails: waitsFor('ErrImagePull'),
  running: oneStatus('a container that runs', hasState('running')),
  terminated: oneStatus('a container that has ended', ({ state }) => state['terminated']?.['message'] !== undefined),
  initWaiting: found('a first container that waits', pods.preparing.status.initContainerStatuses?.[0]),
  initEnded: found('a first container that has ended', pods.running.status.initContainerStatuses?.[0]),
} as const

const conditions = orderly.flatMap(({ status }) => status.conditions ?? [])

export function condition(type: string, status: string): Condition {
  return found(
    `${type} ${status}`,
    conditions.find((one) => one.type === type && one.status === status),
  )
}

/** What was answered to a request, by the text of its status. */
export interface Refusal {
  readonly code: number
  readonly message: string
  readonly reason: string
  readonly details?: unknown
}

function answersOf(name: string): readonly Refusal[] {
  return readTranscript(name).exchanges.flatMap(({ answer, events = [] }) => [answer, ...events.map(({ object }) => object)].filter(isStatus))
}

function isStatus(one: unknown): one is Refusal {
  return (one as { readonly kind?: string } | undefined)?.kind === 'Status'
}

function refusal(name: string, words: string): Refusal {
  return found(
    words,
    answersOf(name).find(({ message }) => message.includes(words)),
  )
}

export const refusals = {
  forbidden: refusal('refusals', 'cannot create resource'),
  quota: refusal('refusals', 'exceeded quota'),
  absent: refusal('refusals', 'not found'),
  gone: refusal('watches', 'too old resource version'),
  unavailable: refusal('an eviction', 'is not available'),
} as const

/** What is said to a watch that hears nothing else. */
export const bookmark = found(
  'a bookmark',
  readTranscript('watches')
    .exchanges.flatMap(({ events = [] }) => events)
    .find(({ type }) => type === 'BOOKMARK')?.object as Pick<RecordedPod, 'kind' | 'apiVersion' | 'metadata' | 'spec' | 'status'> | undefined,
)

export const recordedAnswer = (name: string, asks: string): Readonly<Record<string, unknown>> =>
  found(
    asks,
    readTranscript(name).exchanges.find((one) => one.asks === asks && (one.status ?? 500) < 300)?.answer as Readonly<Record<string, unknown>> | undefined,
  )

interface RecordedEvent {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly involvedObject: Readonly<Record<string, unknown>>
  readonly message: string
}

export const pullEvents = (
  recordedAnswer('a late image that is missing', 'GET /api/v1/namespaces/default/events') as unknown as { readonly items: readonly RecordedEvent[] }
).items.filter(({ message }) => /^Failed to pull image|^Error: ErrImagePull/.test(message))
