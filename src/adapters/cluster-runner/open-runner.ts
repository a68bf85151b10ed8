/** Makes the pod of a runner and talks with it until it is closed. */
import { randomUUID } from 'node:crypto'
import { PassThrough, type Readable } from 'node:stream'
import { serialize } from 'node:v8'
import type { Clock } from '../../base/clock.ts'
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import { humanDuration } from '../../base/human.ts'
import { isProblem, problem } from '../../base/problem.ts'
import type { ClusterAccess } from '../../kubernetes-api/access.ts'
import { type ClusterConnection, openCluster } from '../../kubernetes-api/connection.ts'
import { execute } from '../../kubernetes-api/exec.ts'
import { findCluster } from '../../kubernetes-api/find-cluster.ts'
import { type Namespace, namespaceOf } from '../../kubernetes-api/pods.ts'
import type { PodFacts } from '../../kubernetes-api/schema.ts'
import { watchPods } from '../../kubernetes-api/watch-pods.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { ClusterRunner, RunnerOpening, RunnerSaid, RunnerWanted, SentFolder } from '../../ports/cluster-runner.ts'
import type { RegistryUse } from '../../ports/registry-use.ts'
import type { RegistryClient } from '../../registry/client.ts'
import { homeId } from '../infra/home-id.ts'
import { clusterOfConnector } from '../infra/kubernetes/cluster-of-connector.ts'
import { objectName } from '../infra/kubernetes/manifest/names.ts'
import { marksOf, ours, runLabel, sessionLabel } from '../infra/kubernetes/marks.ts'
import { onNodes, pullLogins, useOf } from '../infra/kubernetes/node-images.ts'
import { containerTrouble, whyWaiting } from '../infra/kubernetes/pod-troubles.ts'
import { removeLeftOvers } from '../infra/kubernetes/remove-left-overs.ts'
import type { ReadSecret } from '../registry-auth/connector-auth.ts'
import { answering } from './answering.ts'
import { openLine } from './line.ts'
import type { FromRunner } from './messages.ts'
import { bridgeIn, room } from './places.ts'
import { container, runnerPod } from './runner-pod.ts'
import { runnerTrouble } from './runner-trouble.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface RunnerNeeds {
  readonly dir: string
  readonly version: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly connectors: ReadonlyMap<string, Connector>
  readonly read: ReadSecret
  readonly client: (use: RegistryUse) => RegistryClient
  /** Of a run, as its label names it: what it has left is still of use. */
  readonly keeps?: (run: string) => Promise<boolean>
  /** How long the pod may be out of reach. */
  readonly patienceMs?: number
  /** In place of the cluster that would be found. */
  readonly access?: ClusterAccess
}

/** A run goes on while its API server is away: it is waited for. */
const patienceMs = 10 * 60_000
const claimLookMs = 2000
/** Of a run that does not answer any more: its own pods may still be taken away. */
const lastGraceSeconds = 15

export async function openRunner(wanted: RunnerWanted, needs: RunnerNeeds, opening: RunnerOpening): Promise<ClusterRunner> {
  const { signal, note } = opening
  const { connector } = wanted
  const choice = connector === undefined ? ({ kind: 'usual' } as const) : await clusterOfConnector(connector, needs.connectors, needs.read, opening)
  const access = needs.access ?? (await findCluster(connector === undefined ? '' : `connector ${connector}`, choice, needs.env))
  const cluster = openCluster(access, { clock: needs.clock, patienceMs: needs.patienceMs ?? patienceMs })
  try {
    const namespace = namespaceOf(cluster, wanted.namespace ?? access.namespace)
    const home = await homeId(needs.dir)
    // Who may not look is told by what he wants to do, not by this.
    await removeLeftOvers(namespace, { home, ...(needs.keeps !== undefined && { keeps: needs.keeps }) }, { signal }).catch((error: unknown) => {
      if (!isProblem(error, 'K8S_FORBIDDEN')) throw error
    })
    const session = randomUUID()
    const labels = { ...marksOf({ home, run: wanted.run, stage: 'runner', session }), 'slipway.dev/runner': 'true' }
    const images = { client: needs.client, note }
    const use = useOf(wanted.imageConnector)
    const image = onNodes(wanted.image, use, images)
    const id = randomUUID().slice(0, 8)
    // The name is the lock: two runs never write one data folder.
    const name = wanted.claim === undefined ? `slipway-run-${objectName(wanted.pipeline, 35)}-${id}` : `slipway-run-on-${objectName(wanted.claim, 45)}`
    const { config } =
      wanted.imageConnector === undefined
        ? { config: undefined }
        : await pullLogins([{ image: wanted.image, connector: wanted.imageConnector }], images, opening)
    const secret = config === undefined ? undefined : `${name}-${id}`
    const manifest = runnerPod({ wanted, name, namespace: namespace.name, image, labels, ...(secret !== undefined && { pullSecret: secret }) })
    const made = await make({ cluster, namespace, manifest, session, note, ...(wanted.claim !== undefined && { claim: wanted.claim }) }, opening)
    try {
      if (secret !== undefined && config !== undefined) {
        const data = { '.dockerconfigjson': Buffer.from(config).toString('base64') }
        const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, labels }, type: 'kubernetes.io/dockerconfigjson', data }
        await namespace.create('secrets', body, opening)
        await namespace.belongsTo('secrets', secret, made, opening)
      }
      return await talk({ wanted, needs, cluster, namespace, made, session, image, secret }, opening)
    } catch (error) {
      await remove(namespace, name, secret, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined)
      throw error
    }
  } catch (error) {
    await cluster.close()
    throw error
  }
}

interface Making {
  readonly cluster: ClusterConnection
  readonly namespace: Namespace
  readonly manifest: ReturnType<typeof runnerPod>
  readonly session: string
  readonly claim?: string
  readonly note: (note: Diagnostic) => void
}

/** Waits while another run has the claim. */
async function make({ cluster, namespace, manifest, session, claim, note }: Making, { signal }: Waiting): Promise<PodFacts> {
  const { name } = manifest.metadata
  for (let told = false; ; told = true) {
    signal.throwIfAborted()
    const pod = await namespace.createPod(manifest, { signal: AbortSignal.timeout(120_000) })
    if (pod.labels[sessionLabel] === session) return pod
    if (!told) note(diagnose('K8S_CLAIM_BUSY', { claim: claim ?? '', pod: name }))
    // One that is over holds nothing any more, and nobody came for it.
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') await namespace.deletePod(name, 0, { signal })
    while ((await namespace.pod(name, { signal }))?.uid === pod.uid) {
      await cluster.clock.sleep(claimLookMs, { signal })
    }
  }
}

async function remove(namespace: Namespace, name: string, secret: string | undefined, w: Waiting, graceSeconds = 0): Promise<void> {
  await namespace.deletePod(name, graceSeconds, w)
  if (secret !== undefined) await namespace.delete('secrets', secret, w)
}

/** Stages of a run that could not take them away itself: they have its mark, and nobody else does. */
async function removeStages(namespace: Namespace, { labels }: PodFacts, w: Waiting): Promise<void> {
  const run = labels[runLabel] ?? ''
  if (run === '') return
  for (const { name } of await namespace.pods(`${ours},${runLabel}=${run}`, w)) await namespace.deletePod(name, 0, w)
}

interface Talking {
  readonly wanted: RunnerWanted
  readonly needs: RunnerNeeds
  readonly cluster: ClusterConnection
  readonly namespace: Namespace
  readonly made: PodFacts
  readonly session: string
  readonly image: string
  readonly secret: string | undefined
}

async function talk({ wanted, needs, cluster, namespace, made, session, image, secret }: Talking, opening: RunnerOpening): Promise<ClusterRunner> {
  const { name } = made
  const watch = watchPods(cluster, { namespace: namespace.name, selector: `${ours},${sessionLabel}=${session}` })
  watch.know(made)
  const ending = new AbortController()
  try {
    await running({ watch, wanted, name, image, cluster, note: opening.note }, opening)
  } catch (error) {
    watch.close()
    throw error
  }
  const patience = needs.patienceMs ?? patienceMs
  let heard = 0
  let over = false
  let fetching: PassThrough | undefined
  let order: { readonly order: string; readonly env: Readonly<Record<string, string>> } | undefined
  let stops = 0
  const said: RunnerSaid[] = []
  let wake = Promise.withResolvers<void>()
  const had = new Map<SentFolder, (failure: string | undefined) => void>()
  const files = new Map<string, (absent: boolean) => void>()
  const answers = answering(opening.answer, (id, answered) => void line.send({ kind: 'answer', id, answered }).catch(() => undefined), ending.signal)
  const again = (begun: boolean): void => {
    const send = async (): Promise<void> => {
      if (order !== undefined && !begun) await line.send({ kind: 'run', ...order })
      if (stops > 0) await line.send({ kind: 'stop', now: stops > 1 })
    }
    send().catch(() => undefined)
  }
  const take: { readonly [K in FromRunner['kind']]: (message: Extract<FromRunner, { kind: K }>) => void } = {
    hello({ version, begun }) {
      if (version !== needs.version) throw problem('K8S_RUNNER_VERSION', { image: wanted.image, theirs: version, ours: needs.version })
      queueMicrotask(() => again(begun))
    },
    pong: () => undefined,
    had({ into, failure }) {
      had.get(into)?.(failure)
    },
    said({ seq, what }) {
      if (seq <= heard) return
      heard = seq
      if (what.kind === 'ended') over = true
      said.push(what)
      wake.resolve()
    },
    ask: ({ id, ask }) => answers.take(id, ask),
    withdrawn: ({ id }) => answers.withdraw(id),
    file({ path, absent }) {
      files.get(path)?.(absent)
    },
    'file-end'({ failure }) {
      if (failure === undefined) fetching?.end()
      else fetching?.destroy(new Error(failure))
      fetching = undefined
    },
  }
  const line = openLine({
    clock: needs.clock,
    heard: () => heard,
    connect: (input, w) =>
      execute(cluster, { namespace: namespace.name, pod: name, container, command: [bridgeIn(room)], input }, w).then(({ output, errors, ended }) => {
        errors.resume()
        return { output, ended }
      }),
    onMessage: (message) => (take[message.kind] as (message: FromRunner) => void)(message),
    onBytes: (bytes) => void fetching?.write(bytes),
    onCut(error, silentMs) {
      fetching?.destroy(new Error('the line is cut'))
      fetching = undefined
      if (isProblem(error, 'K8S_FORBIDDEN') || isProblem(error, 'K8S_RUNNER_VERSION') || isProblem(error, 'K8S_UNAUTHORIZED')) throw error
      if (silentMs > patience)
        throw isProblem(error) ? error : problem('K8S_EXEC_CUT', { cluster: cluster.name, pod: name, command: 'slipway' }, { cause: error })
    },
  })
  const trouble = watch.until<never>(
    name,
    (pod) => {
      const wrong = over ? undefined : runnerTrouble(pod, { pod: name, wanted })
      if (wrong !== undefined) throw wrong
      return undefined
    },
    { signal: ending.signal },
  )
  trouble.catch(() => undefined)
  const orLost = <T>(promise: Promise<T>): Promise<T> => Promise.race([promise, trouble, line.lost])
  return {
    pod: name,
    async give(into, open, told, w) {
      for (;;) {
        const cut = await orLost(line.standing(w))
        const arrived = new Promise<string | undefined>((resolve) => had.set(into, resolve))
        try {
          await line.send({ kind: 'files', into })
          let bytes = 0
          for await (const chunk of open()) {
            w.signal.throwIfAborted()
            await orLost(line.sendBytes(chunk as Buffer))
            bytes += (chunk as Buffer).length
            told(bytes)
          }
          await line.send({ kind: 'files-end', into })
          const failure = await orLost(Promise.race([arrived, aborted(cut), aborted(w.signal)]))
          if (failure !== undefined) throw problem('K8S_RUNNER_FILES', { pod: name, what: into, reason: failure })
          return bytes
        } catch (error) {
          w.signal.throwIfAborted()
          if (!cut.aborted) throw error
        }
      }
    },
    async start(value, env, w) {
      order = { order: serialize(value).toString('base64'), env }
      await orLost(line.standing(w))
      await line.send({ kind: 'run', ...order }).catch(() => undefined)
    },
    async *said({ signal }) {
      for (;;) {
        signal.throwIfAborted()
        const next = said.splice(0)
        for (const what of next) {
          yield what
          if (what.kind === 'ended') return
        }
        if (said.length > 0) continue
        wake = Promise.withResolvers<void>()
        await orLost(Promise.race([wake.promise, aborted(signal)]))
      }
    },
    stop(now) {
      stops = Math.max(stops, now ? 2 : 1)
      line.send({ kind: 'stop', now }).catch(() => undefined)
    },
    async fetch(path, w) {
      const cut = await orLost(line.standing(w))
      const absent = new Promise<boolean>((resolve) => files.set(path, resolve))
      const into = new PassThrough()
      fetching = into
      await line.send({ kind: 'fetch', path })
      if (!(await orLost(Promise.race([absent, aborted(cut), aborted(w.signal)])))) return into as Readable
      fetching = undefined
      return undefined
    },
    async close(w) {
      ending.abort(new Error('the runner is closed'))
      await line.send({ kind: 'bye' }).catch(() => undefined)
      line.close()
      try {
        await remove(namespace, name, secret, w, over ? 0 : lastGraceSeconds)
        await watch
          .until(name, (pod) => (pod === undefined ? true : undefined), { signal: AbortSignal.any([w.signal, AbortSignal.timeout(20_000)]) })
          .catch(() => undefined)
        await namespace.deletePod(name, 0, w)
        await removeStages(namespace, made, w)
      } finally {
        watch.close()
        await cluster.close()
      }
    },
  }
}

interface Beginning {
  readonly watch: ReturnType<typeof watchPods>
  readonly wanted: RunnerWanted
  readonly name: string
  readonly image: string
  readonly cluster: ClusterConnection
  readonly note: (note: Diagnostic) => void
}

async function running({ watch, wanted, name, image, cluster, note }: Beginning, { signal }: Waiting): Promise<void> {
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const login = wanted.imageConnector === undefined ? 'without a login' : `by connector ${wanted.imageConnector}`
  let last: PodFacts | undefined
  let told = false
  const tooLate = cluster.clock.sleep(wanted.initTimeoutMs, { signal: both }).then(() => {
    throw problem('K8S_INIT_TIMEOUT', { pod: name, limit: humanDuration(wanted.initTimeoutMs), reason: whyWaiting(last, container) })
  })
  tooLate.catch(() => undefined)
  const decided = watch.until(
    name,
    (pod) => {
      last = pod
      const facts = pod?.containers.get(container)
      const wrong =
        runnerTrouble(pod, { pod: name, wanted }) ?? (facts === undefined ? undefined : containerTrouble(facts, { step: 'the runner', image, login }))
      if (wrong !== undefined) throw wrong
      if (pod?.unschedulable !== undefined && !told) {
        told = true
        note(diagnose('K8S_UNSCHEDULED', { pod: name, reason: pod.unschedulable }))
      }
      return facts?.now.kind === 'running' ? true : undefined
    },
    { signal: both },
  )
  try {
    await Promise.race([decided, tooLate])
  } finally {
    stop.abort(new Error('decided'))
    decided.catch(() => undefined)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
