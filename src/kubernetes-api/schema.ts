/** The door for the API server's JSON: of a pod only what a run has to know. */
import * as v from 'valibot'
import { problem } from '../base/problem.ts'

const text = v.string()
const some = v.nullish(text, '')

const containerState = v.nullish(
  v.object({
    waiting: v.nullish(v.object({ reason: some, message: some })),
    running: v.nullish(v.object({})),
    terminated: v.nullish(v.object({ exitCode: v.nullish(v.number(), 0), reason: some, message: some })),
  }),
  {},
)
const containerStatus = v.object({ name: text, image: some, imageID: some, containerID: some, restartCount: v.nullish(v.number(), 0), state: containerState })
const statuses = v.nullish(v.array(containerStatus), [])
const labels = v.nullish(v.record(text, text), {})
const wanted = v.nullish(v.object({ containers: v.nullish(v.array(v.object({ name: text, image: some })), []) }))
const pod = v.object({
  metadata: v.object({ name: text, uid: some, resourceVersion: some, creationTimestamp: some, deletionTimestamp: v.nullish(text), labels }),
  spec: wanted,
  status: v.nullish(
    v.object({
      phase: v.nullish(text, 'Pending'),
      reason: some,
      message: some,
      conditions: v.nullish(v.array(v.object({ type: text, status: text, reason: some, message: some })), []),
      initContainerStatuses: statuses,
      containerStatuses: statuses,
    }),
  ),
})
const podList = v.object({ metadata: v.object({ resourceVersion: some }), items: v.nullish(v.array(pod), []) })
const review = v.object({ status: v.nullish(v.object({ allowed: v.nullish(v.boolean(), false), reason: some })) })
const version = v.object({ gitVersion: text })
const labelled = v.object({ metadata: v.object({ labels }) })
const amounts = v.nullish(v.record(text, text), {})
const quotas = v.object({
  items: v.nullish(v.array(v.object({ metadata: v.object({ name: text }), status: v.nullish(v.object({ hard: amounts, used: amounts })) })), []),
})
const podEvents = v.object({
  items: v.nullish(v.array(v.object({ reason: some, message: some, involvedObject: v.nullish(v.object({ fieldPath: some })) })), []),
})
const event = v.object({ type: text, object: v.looseObject({}) })
const bookmark = v.object({ metadata: v.object({ resourceVersion: some }) })
const status = v.object({
  message: some,
  status: some,
  code: v.nullish(v.number()),
  reason: some,
  details: v.nullish(v.object({ causes: v.nullish(v.array(v.object({ reason: some, message: some })), []) })),
})

export type ContainerNow =
  | { readonly kind: 'waiting'; readonly reason: string; readonly message: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'terminated'; readonly exitCode: number; readonly reason: string; readonly message: string }

export interface ContainerFacts {
  readonly now: ContainerNow
  /** As the node calls it. */
  readonly image: string
  /** Of this start of it. */
  readonly id: string
  readonly restarts: number
}

export interface PodFacts {
  readonly name: string
  readonly uid: string
  /** Of what is told of it here: newer ones are greater, as far as they are numbers. */
  readonly version: string
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  readonly phase: string
  /** Why the whole pod is as it is: `Evicted`, `DeadlineExceeded`. */
  readonly reason: string
  readonly message: string
  /** Somebody has asked for its end. */
  readonly ending: boolean
  /** What the scheduler says while no node is found. */
  readonly unschedulable: string | undefined
  readonly containers: ReadonlyMap<string, ContainerFacts>
  /** What its containers are to run, as it was asked for last. */
  readonly images: ReadonlyMap<string, string>
}

export type PodEvent =
  | { readonly kind: 'changed' | 'deleted'; readonly pod: PodFacts; readonly version: string }
  | { readonly kind: 'bookmark'; readonly version: string }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }

type RawPod = v.InferOutput<typeof pod>
type RawStatus = v.InferOutput<typeof containerStatus>

export const parsePod = (json: unknown, cluster: string): PodFacts => podFacts(parsed(pod, json, cluster))

export function parsePods(json: unknown, cluster: string): { readonly version: string; readonly pods: readonly PodFacts[] } {
  const { metadata, items } = parsed(podList, json, cluster)
  return { version: metadata.resourceVersion ?? '', pods: (items ?? []).map(podFacts) }
}

export function parseEvent(line: string, cluster: string): PodEvent {
  const { type, object } = parsed(event, jsonOf(line, cluster), cluster)
  if (type === 'BOOKMARK') return { kind: 'bookmark', version: parsed(bookmark, object, cluster).metadata.resourceVersion ?? '' }
  if (type === 'ERROR') {
    const { code, message } = parsed(status, object, cluster)
    return { kind: 'error', code: code ?? 0, message: message ?? '' }
  }
  const raw = parsed(pod, object, cluster)
  return { kind: type === 'DELETED' ? 'deleted' : 'changed', pod: podFacts(raw), version: raw.metadata.resourceVersion ?? '' }
}

export const parseReview = (json: unknown, cluster: string): boolean => parsed(review, json, cluster).status?.allowed === true
export const parseVersion = (json: unknown, cluster: string): string => parsed(version, json, cluster).gitVersion
export const parseLabels = (json: unknown, cluster: string): Readonly<Record<string, string>> => parsed(labelled, json, cluster).metadata.labels ?? {}

/** What a node, the scheduler or others have noted about an object. */
export interface EventFacts {
  /** `Failed` */
  readonly reason: string
  readonly message: string
  /** `spec.containers{step-1}` */
  readonly field: string
}

export const parseEvents = (json: unknown, cluster: string): readonly EventFacts[] =>
  (parsed(podEvents, json, cluster).items ?? []).map(({ reason, message, involvedObject }) => ({
    reason: reason ?? '',
    message: message ?? '',
    field: involvedObject?.fieldPath ?? '',
  }))

export interface QuotaFacts {
  readonly name: string
  /** By resource: what is used, of how much. */
  readonly amounts: readonly { readonly resource: string; readonly used: string; readonly hard: string }[]
}

export function parseQuotas(json: unknown, cluster: string): readonly QuotaFacts[] {
  return (parsed(quotas, json, cluster).items ?? []).map(({ metadata, status }) => ({
    name: metadata.name,
    amounts: Object.entries(status?.hard ?? {}).map(([resource, hard]) => ({ resource, hard, used: status?.used?.[resource] ?? '0' })),
  }))
}

/** The server's words, if these are its words. */
export function parseStatus(text: string): string {
  try {
    const read = v.safeParse(status, JSON.parse(text))
    if (read.success && read.output.message) return read.output.message
  } catch {
    // A proxy in between says something of its own.
  }
  return text.trim().slice(0, 300) || 'no reason is given'
}

/** How a command that was executed in a container ended, as its last channel says. */
export function parseExecStatus(text: string, cluster: string): { readonly exitCode: number } | { readonly failure: string } {
  const read = parsed(status, jsonOf(text, cluster), cluster)
  if (read.status === 'Success') return { exitCode: 0 }
  const code = read.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message
  return code === undefined || code === null ? { failure: read.message ?? '' } : { exitCode: Number(code) }
}

function podFacts({ metadata, spec, status }: RawPod): PodFacts {
  const scheduled = status?.conditions?.find(({ type }) => type === 'PodScheduled')
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    version: metadata.resourceVersion ?? '',
    createdAt: metadata.creationTimestamp ?? '',
    labels: metadata.labels ?? {},
    phase: status?.phase ?? 'Pending',
    reason: status?.reason ?? '',
    message: status?.message ?? '',
    ending: metadata.deletionTimestamp !== undefined && metadata.deletionTimestamp !== null,
    unschedulable: scheduled?.status === 'False' ? (scheduled.message ?? '') : undefined,
    containers: new Map([...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map((one) => [one.name, containerFacts(one)])),
    images: new Map((spec?.containers ?? []).map(({ name, image }) => [name, image ?? ''])),
  }
}

function containerFacts({ image, imageID, containerID, restartCount, state }: RawStatus): ContainerFacts {
  return { image: image ?? '', id: containerID ?? imageID ?? '', restarts: restartCount ?? 0, now: nowOf(state) }
}

function nowOf(state: RawStatus['state']): ContainerNow {
  if (state?.terminated) {
    const { exitCode, reason, message } = state.terminated
    return { kind: 'terminated', exitCode: exitCode ?? 0, reason: reason ?? '', message: message ?? '' }
  }
  if (state?.running) return { kind: 'running' }
  return { kind: 'waiting', reason: state?.waiting?.reason ?? '', message: state?.waiting?.message ?? '' }
}

function jsonOf(text: string, cluster: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw problem('K8S_ANSWER_UNREADABLE', { cluster, reason: `no JSON: ${text.slice(0, 100)}` }, { cause, retryable: true })
  }
}

function parsed<S extends v.GenericSchema>(schema: S, json: unknown, cluster: string): v.InferOutput<S> {
  const read = v.safeParse(schema, json)
  if (read.success) return read.output
  const [issue] = read.issues
  throw problem('K8S_ANSWER_UNREADABLE', { cluster, reason: `${v.getDotPath(issue) ?? 'answer'}: ${issue.message}` })
}
