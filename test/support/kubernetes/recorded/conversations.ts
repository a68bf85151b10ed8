/** What is said to a cluster in a stage's life, one conversation for each thing that may happen: held with a real cluster once, and with the scripted one in every run. */

import { setTimeout as wait } from 'node:timers/promises'
import { clusterCare } from '../../../../src/adapters/infra/kubernetes/cluster-care.ts'
import { type KubernetesInfrastructure, type KubernetesOptions, kubernetesInfra } from '../../../../src/adapters/infra/kubernetes/kubernetes-infra.ts'
import { brandAs } from '../../../../src/base/brand.ts'
import { known } from '../../../../src/base/planned.ts'
import { isProblem } from '../../../../src/base/problem.ts'
import type { RunId } from '../../../../src/events/run-event.ts'
import type { ClusterAccess } from '../../../../src/kubernetes-api/access.ts'
import { type ClusterConnection, openCluster } from '../../../../src/kubernetes-api/connection.ts'
import { namespaceOf } from '../../../../src/kubernetes-api/pods.ts'
import { systemClock } from '../../../../src/main/system-clock.ts'
import type { StagePlan } from '../../../../src/plan/plan.ts'
import type { Behaviour } from '../../../../src/ports/infrastructure.contract.ts'
import type { ProcessSpec, Workspace } from '../../../../src/ports/infrastructure.ts'
import { plainUse } from '../../../../src/ports/registry-use.ts'
import type { RegistryClient } from '../../../../src/registry/client.ts'
import { bareOptions, outputOf, plainStage, smallImage, stageWith } from '../scripted/scripted-stage.ts'

export interface StepManner extends Behaviour {
  /** It takes more memory than it may. */
  readonly oom?: boolean
  /** It writes more into the workspace than that may hold. */
  readonly fills?: boolean
  /** So many lines, `line 1` and so on, in no less than `sleepMs`. */
  readonly lines?: number
}

/** A cluster to talk with. */
export interface Side {
  /** Through the recorder. */
  readonly access: ClusterAccess
  /** The same, as a file. */
  readonly kubeconfig: string
  /** Somebody without any right. */
  readonly stranger: ClusterAccess
  /** For what infrastructures keep on this machine. */
  readonly dir: string
  readonly step: (manner: StepManner) => ProcessSpec['start']
  /** An image that its registry does not have. */
  readonly missing: string
  /** Allows no more pods. */
  quota(on: boolean): Promise<void>
  deletePod(name: string): Promise<void>
  /** Of a node that does not see for itself that a step takes too much. */
  evict?(): Promise<void>
  /** How much of the time that real things take is enough. */
  readonly pace: number
  /** The API server, for so long. */
  away(ms: number): Promise<void>
}

const { signal } = new AbortController()
const client = { hosts: [], auth: { credentialsFor: async () => ({ kind: 'basic', username: 'user', password: 'secret' }) } } as unknown as RegistryClient

/** With one step that its plan knows. */
export function planned(reference: string, more: { readonly memory?: string; readonly connector?: string } = {}): StagePlan {
  const image = {
    reference: known(reference),
    ...(more.memory !== undefined && { memory: known(more.memory) }),
    ...(more.connector !== undefined && { connector: known(more.connector) }),
  }
  const work = { kind: 'run', start: { kind: 'program' }, image, env: {}, outputs: [] } as const
  const at = { file: 'p', start: 0, end: 0, line: 1, col: 1 }
  const step = { kind: 'step', path: 'launch/one', identifier: 'one', name: 'one', type: 'Run', does: '', when: { status: 'Success' }, work, at } as const
  return { ...plainStage, steps: [step as unknown as StagePlan['steps'][number]] }
}

interface Talk {
  readonly side: Side
  readonly infra: (o?: Partial<KubernetesOptions>) => KubernetesInfrastructure
  readonly open: (stage?: StagePlan, o?: Partial<KubernetesOptions>) => Promise<Workspace>
  readonly cluster: (access?: ClusterAccess) => ClusterConnection
  readonly spec: (name: string, manner: StepManner, more?: Partial<ProcessSpec>) => ProcessSpec
}

/** Resolves with the code that it is refused with. */
async function refusedWith(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isProblem(error)) return error.code
    throw error
  }
  throw new Error('nobody refused it')
}

function is(told: unknown, expected: unknown): void {
  if (JSON.stringify(told) !== JSON.stringify(expected)) throw new Error(`not ${JSON.stringify(expected)} but ${JSON.stringify(told)}`)
}

function has(told: string, word: string): void {
  if (!told.includes(word)) throw new Error(`no ${word} in ${JSON.stringify(told)}`)
}

const watching = { verb: 'watch', resource: 'pods', namespace: 'default', path: '/api/v1/namespaces/default/pods' } as const

const talks = {
  async 'two steps and a service'({ open, spec, cluster }) {
    const connection = cluster()
    const before = (await connection.json({ ...watching, verb: 'list' }, { signal })) as { readonly metadata: { readonly resourceVersion: string } }
    const query = { watch: 'true', resourceVersion: before.metadata.resourceVersion, timeoutSeconds: '60' }
    // All that becomes of a pod, from its making on: who makes it hears only what comes after his list.
    const all = await connection.stream({ ...watching, query }, { signal })
    all?.resume()
    const workspace = await open()
    const service = await workspace.start(spec('service', { output: 'up', sleepMs: 600_000 }), { signal })
    const log = outputOf(service)
    const one = await workspace.start(spec('one', { output: 'hello', outputs: { COLOUR: 'blue' } }), { signal })
    is(await outputOf(one), 'hello\n')
    is([...(await one.end).outputs], [['COLOUR', 'blue']])
    const two = await workspace.start(spec('two', { output: 'again', exit: 3 }), { signal })
    await outputOf(two)
    is((await two.end).exit, { kind: 'exited', code: 3 })
    await workspace.close({ signal })
    await log
    await wait(300)
    all?.destroy()
  },

  async 'want of memory'({ open, spec }) {
    const workspace = await open(planned('busybox:1.37', { memory: '20Mi' }), { spareContainers: 0 })
    const image = { ...smallImage, limits: { memoryBytes: 20 * 2 ** 20 } }
    const one = await workspace.start(spec('one', { oom: true }, { image }), { signal })
    await outputOf(one)
    is((await one.end).exit, { kind: 'out-of-memory' })
    await workspace.close({ signal })
  },

  async 'an image that is missing'({ open, spec, side }) {
    const workspace = await open(planned(side.missing), { spareContainers: 0 })
    const image = { ...smallImage, reference: side.missing }
    is(await refusedWith(workspace.start(spec('one', {}, { image }), { signal })), 'K8S_IMAGE_FAILED')
    await workspace.close({ signal })
  },

  async 'a late image'({ open, spec }) {
    const workspace = await open(plainStage, { spareContainers: 1 })
    const one = await workspace.start(spec('one', { output: 'hello' }, { image: { ...smallImage, reference: 'busybox:other' } }), { signal })
    is(await outputOf(one), 'hello\n')
    await workspace.close({ signal })
  },

  async 'a late image that is missing'({ open, spec, side }) {
    const workspace = await open(stageWith({ initTimeoutMs: 20_000 }), { spareContainers: 1 })
    is(await refusedWith(workspace.start(spec('one', {}, { image: { ...smallImage, reference: side.missing } }), { signal })), 'K8S_IMAGE_FAILED')
    await workspace.close({ signal })
  },

  async 'a private image'({ open, spec }) {
    const stage = planned('busybox:1.37', { connector: 'hub' })
    const workspace = await open(stage, { spareContainers: 0 })
    const image = { ...smallImage, registry: { ...plainUse, connector: 'hub' } }
    await outputOf(await workspace.start(spec('one', { output: 'hello' }, { image }), { signal }))
    await workspace.close({ signal })
  },

  async 'an abort'({ open, spec }) {
    const workspace = await open(plainStage, { spareContainers: 1 })
    const abort = new AbortController()
    const one = await workspace.start(spec('one', { output: 'up', sleepMs: 600_000 }), { signal: abort.signal })
    await wait(500)
    abort.abort()
    await outputOf(one)
    is((await one.end).exit.kind, 'killed')
    await workspace.close({ signal })
  },

  async 'no node'({ open, side }) {
    is(await refusedWith(open(stageWith({ initTimeoutMs: 1500 * side.pace, nodeSelector: { disk: known('none') } }))), 'K8S_INIT_TIMEOUT')
  },

  async 'a pod that others delete'({ open, spec, side, cluster }) {
    const workspace = await open(plainStage, { spareContainers: 1 })
    const one = await workspace.start(spec('one', { output: 'up', sleepMs: 600_000 }), { signal })
    const [pod] = await namespaceOf(cluster(), 'default').pods('app.kubernetes.io/managed-by=slipway', { signal })
    await side.deletePod(pod?.name ?? '')
    await outputOf(one)
    is(await refusedWith(one.end), 'K8S_POD_LOST')
    await workspace.close({ signal })
  },

  async 'a server that is away'({ open, spec, side }) {
    const workspace = await open(plainStage, { spareContainers: 1 })
    const one = await workspace.start(spec('one', { lines: 60, sleepMs: 9000 * side.pace, exit: 5 }), { signal })
    await side.away(3000 * side.pace)
    is(await outputOf(one), Array.from({ length: 60 }, (_, i) => `line ${i + 1}\n`).join(''))
    is((await one.end).exit, { kind: 'exited', code: 5 })
    await workspace.close({ signal })
  },

  async refusals({ infra, cluster, side }) {
    const stranger = infra({ access: side.stranger })
    is(await refusedWith(stranger.open(plainStage, { run: brandAs<RunId>('run'), signal, note: () => undefined })), 'K8S_FORBIDDEN')
    await side.quota(true)
    const opening = { run: brandAs<RunId>('run'), signal, note: () => undefined }
    is(await refusedWith(infra().open(plainStage, opening)), 'K8S_REFUSED')
    await side.quota(false)
    const pods = namespaceOf(cluster(), 'default')
    is(await pods.pod('absent', { signal }), undefined)
    await pods.deletePod('absent', 0, { signal })
    const log = { ...watching, verb: 'get', resource: 'pods/log', path: `${watching.path}/absent/log`, mayBeAbsent: true } as const
    is(await cluster().stream({ ...log, query: { container: 'one', timestamps: 'true' } }, { signal }), undefined)
  },

  async 'an eviction'({ open, spec, side }) {
    const overlay = '{volumes: [{name: harness, emptyDir: {sizeLimit: 1Mi}}]}'
    const workspace = await open(stageWith({ overlay: known(overlay) }), { spareContainers: 1 })
    const one = await workspace.start(spec('one', { fills: true, sleepMs: 600_000 }), { signal })
    await side.evict?.()
    await outputOf(one)
    is(await refusedWith(one.end), 'K8S_POD_LOST')
    await workspace.close({ signal })
  },

  async care({ side, open }) {
    const workspace = await open(plainStage, { spareContainers: 1 })
    await side.quota(true)
    const env = { KUBECONFIG: side.kubeconfig }
    const care = await clusterCare({ dir: `${side.dir}-of-another`, env, clock: systemClock, connectors: new Map(), read: async () => '' }, { signal })
    const facts = await care.facts({ signal })
    is([facts.podSecurity, facts.quotas?.length, facts.rights.every(({ allowed }) => allowed)], ['privileged', 1, true])
    is((await care.prune({ dryRun: false, signal })).length, 0)
    is((await care.prune({ dryRun: true, before: Date.now() + 60_000, signal })).length, 1)
    await care.close()
    await side.quota(false)
    await workspace.close({ signal })
  },

  /** Of a version that is not there any more; one that is told, a while before its end, how far it has come. */
  async watches({ cluster, side }) {
    const connection = cluster()
    // What it remembers begins with its start.
    await side.away(500 * side.pace)
    await wait(3000 * side.pace)
    const watch = async (resourceVersion: string, timeoutSeconds: string): Promise<string> => {
      const query = { labelSelector: 'nobody=here', watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds }
      const body = await connection.stream({ ...watching, query }, { signal })
      return Buffer.concat((await body?.toArray()) ?? []).toString('utf8')
    }
    const list = (await connection.json({ ...watching, verb: 'list' }, { signal })) as { readonly metadata: { readonly resourceVersion: string } }
    has(await watch('1', '2'), '"code":410')
    const heard = watch(list.metadata.resourceVersion, side.pace < 1 ? '3' : '6')
    // Of a pod that the watch is not about it hears nothing but that time goes on.
    const containers = [{ name: 'one', image: 'busybox:1.37', command: ['true'], securityContext: { runAsUser: 1000 } }]
    const manifest = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'another', labels: {} }, spec: { nodeSelector: { disk: 'none' }, containers } }
    const pods = namespaceOf(connection, 'default')
    await pods.createPod(manifest, { signal })
    await wait(500)
    await pods.deletePod('another', 0, { signal })
    has(await heard, '"BOOKMARK"')
  },
} as const satisfies Readonly<Record<string, (talk: Talk) => Promise<void>>>

export type ConversationName = keyof typeof talks

export const conversationNames = Object.keys(talks) as readonly ConversationName[]

/** Throws where the cluster does not behave as it should. */
export async function converse(name: ConversationName, side: Side): Promise<void> {
  const closing: (() => Promise<void>)[] = []
  const infra = (o: Partial<KubernetesOptions> = {}): KubernetesInfrastructure => {
    // Watches that end by themselves would come between.
    const { watchSeconds: _, ...usual } = bareOptions(side.access, side.dir)
    const made = kubernetesInfra({ ...usual, client: () => client, spareContainers: 3, ...o })
    closing.push(() => made.close())
    return made
  }
  const cluster = (access = side.access): ClusterConnection => {
    const made = openCluster(access, { clock: systemClock })
    closing.push(() => made.close())
    return made
  }
  const spec = (step: string, manner: StepManner, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
    name: `launch/${step}`,
    start: side.step(manner),
    env: new Map(),
    outputs: Object.keys(manner.outputs ?? {}),
    image: smallImage,
    graceMs: 2000,
    ...more,
  })
  const open: Talk['open'] = (stage = plainStage, o = {}) => infra(o).open(stage, { run: brandAs<RunId>('run'), signal, note: () => undefined })
  try {
    await talks[name]({ side, infra, open, cluster, spec })
  } finally {
    for (const close of closing) await close()
  }
}
