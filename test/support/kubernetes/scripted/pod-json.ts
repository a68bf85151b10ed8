/** A pod as the API server tells it: each field of the recorded ones, with what is true of this one. */
import { type FakeContainer, now } from './node.ts'
import { type Condition, condition, containerStatuses, pods, type RecordedPod } from './recorded-parts.ts'

export interface Manifest {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly spec: {
    readonly initContainers?: readonly ContainerManifest[]
    readonly containers: readonly ContainerManifest[]
    readonly volumes?: readonly unknown[]
    readonly nodeSelector?: unknown
  }
}

interface ContainerManifest {
  readonly name: string
  readonly image: string
  readonly volumeMounts?: readonly unknown[]
}

export interface FakePod {
  manifest: Manifest
  readonly containers: Map<string, FakeContainer>
  readonly createdAt: string
  version: number
  /** How far its node has come with it. */
  place: 'created' | 'nowhere' | 'scheduled' | 'preparing' | 'there'
  /** Seconds of grace, once somebody has asked for its end. */
  ending: number | undefined
  failed: { readonly reason: string; readonly message: string } | undefined
  /** Several things change at once, and are told together. */
  silent: boolean
}

export const initName = 'slipway-init'

/** As it is kept: with what the server puts in where nothing is said. */
function specOf({ manifest, containers, place }: FakePod) {
  const real = (place === 'created' || place === 'nowhere' ? pods.created : pods.scheduled).spec
  const [token] = real.volumes.slice(-1)
  const given = (one: ContainerManifest, template: RecordedPod['spec']['containers'][number]) => {
    const { terminationMessagePath, terminationMessagePolicy, imagePullPolicy, resources, volumeMounts } = template
    const image = containers.get(one.name)?.image ?? one.image
    const mounts = [...(one.volumeMounts ?? []), ...volumeMounts.slice(-1)]
    return { terminationMessagePath, terminationMessagePolicy, imagePullPolicy, resources, ...one, image, volumeMounts: mounts }
  }
  const [first] = real.containers
  if (first === undefined) throw new Error('a recorded pod has no container')
  return {
    ...real,
    ...manifest.spec,
    volumes: [...(manifest.spec.volumes ?? []), token],
    ...(manifest.spec.initContainers !== undefined && { initContainers: manifest.spec.initContainers.map((one) => given(one, first)) }),
    containers: manifest.spec.containers.map((one) => given(one, first)),
  }
}

export function podJson(pod: FakePod, unschedulable: string | undefined) {
  const { manifest, version, createdAt, ending } = pod
  const { name, labels } = manifest.metadata
  const { deletionTimestamp } = pods.ending.metadata
  return {
    kind: pods.created.kind,
    apiVersion: pods.created.apiVersion,
    metadata: {
      ...pods.created.metadata,
      name,
      labels,
      uid: `uid-${name}`,
      resourceVersion: String(version),
      creationTimestamp: createdAt,
      ...(ending !== undefined && { deletionTimestamp, deletionGracePeriodSeconds: ending }),
    },
    spec: specOf(pod),
    status: statusOf(pod, unschedulable),
  }
}

function statusOf(pod: FakePod, unschedulable: string | undefined) {
  if (pod.place === 'nowhere') {
    const [told] = pods.unschedulable.status.conditions ?? []
    return { ...pods.unschedulable.status, conditions: [{ ...told, ...(unschedulable !== undefined && { message: unschedulable }) }] }
  }
  if (pod.failed !== undefined) return { ...pods.evicted.status, ...pod.failed }
  if (pod.place === 'created') return pods.created.status
  if (pod.place === 'scheduled') return pods.scheduled.status
  const all = [...pod.containers.values()]
  const statuses = (first: boolean) => all.filter(({ name }) => (name === initName) === first).map((one) => containerStatus(one, first))
  return {
    ...(pod.place === 'preparing' ? pods.preparing : pods.running).status,
    phase: phaseOf(all),
    conditions: conditionsOf(all),
    initContainerStatuses: statuses(true),
    containerStatuses: statuses(false),
  }
}

function phaseOf(all: readonly FakeContainer[]): string {
  const own = all.filter(({ name }) => name !== initName)
  if (own.every(({ ended }) => ended)) return own.some(({ state }) => 'terminated' in state && state.terminated.exitCode !== 0) ? 'Failed' : 'Succeeded'
  return own.every(({ state }) => !('waiting' in state)) ? 'Running' : 'Pending'
}

function conditionsOf(all: readonly FakeContainer[]): readonly Condition[] {
  const initialised = all.every(({ name, ended }) => name !== initName || ended)
  const unready = all.filter(({ name, state }) => name !== initName && !('running' in state)).map(({ name }) => name)
  const ready = (type: string): Condition =>
    unready.length === 0 ? condition(type, 'True') : { ...condition(type, 'False'), message: `containers with unready status: [${unready.join(' ')}]` }
  return [condition('Initialized', initialised ? 'True' : 'False'), ready('Ready'), ready('ContainersReady'), condition('PodScheduled', 'True')]
}

function containerStatus(container: FakeContainer, first: boolean) {
  const { name, image, id: containerID, state, last, starts } = container
  const restartCount = Math.max(0, starts - 1)
  const kinds = containerStatuses
  if ('waiting' in state) {
    const template = first ? kinds.initWaiting : state.waiting.message === undefined ? kinds.initialising : kinds.pullFails
    return { ...template, name, image, state }
  }
  const lastState = last === undefined ? {} : { terminated: { ...last, containerID: `${containerID}-before` } }
  if ('running' in state) return { ...kinds.running, name, image, containerID, lastState, restartCount, state }
  const { message, ...terminated } = state.terminated
  const ended = { terminated: { ...terminated, ...(message !== '' && { message }), containerID } }
  return { ...(first ? kinds.initEnded : kinds.terminated), name, image, containerID, lastState, restartCount, state: ended }
}

/** With times in place of those that were recorded. */
export const said = (json: unknown): string => JSON.stringify(json).replaceAll('"TIME"', `"${now()}"`)
