/** Infrastructure kubernetes: a stage is a pod, and each of its steps a container that waits in it for its turn. */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { isProblem } from '../../../base/problem.ts'
import type { ClusterAccess } from '../../../kubernetes-api/access.ts'
import { type ClusterConnection, type ClusterRequest, openCluster } from '../../../kubernetes-api/connection.ts'
import { findCluster } from '../../../kubernetes-api/find-cluster.ts'
import { namespaceOf } from '../../../kubernetes-api/pods.ts'
import type { PodFacts } from '../../../kubernetes-api/schema.ts'
import { type PodWatch, watchPods } from '../../../kubernetes-api/watch-pods.ts'
import type { Connector } from '../../../pipeline/connector.ts'
import type { StagePlan } from '../../../plan/plan.ts'
import type { CodePlacer } from '../../../ports/code.ts'
import type { AdoptedWorkspace, Infrastructure, StageOpening } from '../../../ports/infrastructure.ts'
import { plainUse, type RegistryUse } from '../../../ports/registry-use.ts'
import type { RegistryClient } from '../../../registry/client.ts'
import type { ReadSecret } from '../../registry-auth/connector-auth.ts'
import { copiedFiles } from '../copied/workspace-files.ts'
import { homeId } from '../home-id.ts'
import { serviceNames } from '../local/service-names.ts'
import { deadStageFolders, makeStageFolder } from '../local/stage-folder.ts'
import { pathsToShare } from '../paths-to-share.ts'
import { checkStage } from './check-stage.ts'
import { clusterOfConnector } from './cluster-of-connector.ts'
import { containerSlots } from './container-slots.ts'
import { findLeftPod } from './find-left-pod.ts'
import { kubernetesWorkspace, usualOwner } from './kubernetes-workspace.ts'
import { type ContainerPlan, plannedContainers } from './manifest/containers.ts'
import { objectName } from './manifest/names.ts'
import { helperName, podManifest } from './manifest/pod.ts'
import { noKubernetesPlan, type PodSettings, podSettings } from './manifest/settings.ts'
import { marksOf, ours, ownersMarks, sessionLabel } from './marks.ts'
import { type NodeImages, onNodes, pullLogins, useOf } from './node-images.ts'
import { beginningsIn, podSide } from './pod-files.ts'
import { removeLeftOvers } from './remove-left-overs.ts'
import { openStagePod } from './stage-pod.ts'

export interface KubernetesOptions {
  /** Folder for workspaces, and for the name that this machine has with clusters. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly code: CodePlacer
  readonly client: (use: RegistryUse) => RegistryClient
  readonly connectors: ReadonlyMap<string, Connector>
  readonly read: ReadSecret
  /** In place of the cluster that would be found. */
  readonly access?: ClusterAccess
  /** Containers in each pod for steps that its plan does not know. */
  readonly spareContainers?: number
  /** How long a watch lasts before it is begun anew. */
  readonly watchSeconds?: number
  /** Whether what a run has left that is over for now may be taken up again: then its pods stay. */
  readonly resumable?: (run: string) => Promise<boolean>
  /** A stage is about to run in a cluster. */
  readonly onFirstUse?: () => void
  readonly onRequest?: (request: Pick<ClusterRequest, 'verb' | 'resource'>) => void
}

export interface KubernetesInfrastructure extends Infrastructure {
  /** Its connections. */
  close(): Promise<void>
}

const stepImageVariable = 'SLIPWAY_STEP_IMAGE'
const helperVariable = 'SLIPWAY_KUBERNETES_IMAGE'
/** Of those that files go through; any image with a shell, tar, base64 and mkfifo will do. */
const usualHelper = 'busybox:1.37'
const removeMs = 30_000

interface Waiting {
  readonly signal: AbortSignal
}

interface Session {
  readonly cluster: ClusterConnection
  /** By namespace. */
  readonly watches: Map<string, PodWatch>
  readonly swept: Map<string, Promise<void>>
}

export function kubernetesInfra(o: KubernetesOptions): KubernetesInfrastructure {
  const session = randomUUID()
  const clusters = new Map<string, Promise<Session>>()
  const usualImage = o.env[stepImageVariable] || undefined
  const open = async (connector: string | undefined, w: Waiting): Promise<Session> => {
    const choice = connector === undefined ? ({ kind: 'usual' } as const) : await clusterOfConnector(connector, o.connectors, o.read, w)
    const access = o.access ?? (await findCluster(connector === undefined ? '' : `connector ${connector}`, choice, o.env))
    const cluster = openCluster(access, { clock: o.clock, ...(o.onRequest !== undefined && { onRequest: o.onRequest }) })
    return { cluster, watches: new Map(), swept: new Map() }
  }
  const sessionOf = (connector: string | undefined, w: Waiting): Promise<Session> => {
    const key = connector ?? ''
    if (clusters.size === 0) o.onFirstUse?.()
    const made = clusters.get(key) ?? open(connector, w)
    clusters.set(key, made)
    // It may be there a moment later.
    made.catch(() => clusters.delete(key))
    return made
  }
  const watchOf = ({ cluster, watches }: Session, namespace: string): PodWatch => {
    const watch =
      watches.get(namespace) ??
      watchPods(cluster, {
        namespace,
        selector: `${ours},${sessionLabel}=${session}`,
        ...(o.watchSeconds !== undefined && { seconds: o.watchSeconds }),
      })
    watches.set(namespace, watch)
    return watch
  }
  const sweepOnce = (at: Session, namespace: string, home: string, w: Waiting): Promise<void> => {
    const swept = at.swept.get(namespace) ?? sweep(at.cluster, namespace, home, o, w)
    at.swept.set(namespace, swept)
    swept.catch(() => at.swept.delete(namespace))
    return swept
  }
  return {
    name: 'kubernetes',
    check: (stage, w) =>
      checkStage(stage, { ...w, usualImage, spare: o.spareContainers ?? 0, reach: async (connector) => void (await sessionOf(connector, w)) }),
    async open(stage, opening) {
      const place = await placeOf(stage, opening)
      await sweepOnce(place.at, place.namespace, place.home, opening)
      return openIn(place, stage, opening)
    },
    async adopt(stage, opening) {
      const place = await placeOf(stage, opening)
      const containers = planned(stage).map(({ name }) => name)
      const wanted = { home: place.home, run: opening.run, stage: stage.path, containers }
      const left = await findLeftPod(namespaceOf(place.at.cluster, place.namespace), wanted, opening)
      return left === undefined ? undefined : openIn(place, stage, opening, left)
    },
    async close() {
      for (const made of clusters.values()) {
        const opened = await made.catch(() => undefined)
        for (const watch of opened?.watches.values() ?? []) watch.close()
        await opened?.cluster.close()
      }
    },
  }

  interface Place {
    readonly at: Session
    readonly watch: PodWatch
    readonly namespace: string
    readonly settings: PodSettings
    readonly home: string
  }

  async function placeOf(stage: StagePlan, opening: StageOpening): Promise<Place> {
    const { settings } = podSettings(stage.infrastructure.kubernetes ?? noKubernetesPlan)
    const at = await sessionOf(settings.connector, opening)
    const namespace = settings.namespace ?? at.cluster.access.namespace
    return { at, watch: watchOf(at, namespace), namespace, settings, home: await homeId(o.dir) }
  }

  function planned(stage: StagePlan): readonly ContainerPlan[] {
    return plannedContainers(stage, { ...(usualImage !== undefined && { usualImage }), spare: o.spareContainers ?? 0 }).containers
  }

  async function openIn(place: Place, stage: StagePlan, opening: StageOpening, left?: PodFacts): Promise<AdoptedWorkspace> {
    const base = await makeStageFolder(o.dir)
    try {
      return await openAt(base, place, stage, opening, left)
    } catch (error) {
      await rm(base, { recursive: true, force: true })
      opening.signal.throwIfAborted()
      throw error
    }
  }

  /** `left`: the pod that is taken over. */
  async function openAt(base: string, place: Place, stage: StagePlan, { run, signal, note }: StageOpening, left?: PodFacts): Promise<AdoptedWorkspace> {
    const { cluster } = place.at
    const folder = join(base, 'harness')
    await mkdir(folder)
    await chmod(folder, 0o777)
    const images: NodeImages = { client: o.client, note }
    const helper = o.env[helperVariable] || usualHelper
    const helperUse = useOf(place.settings.imageConnector)
    const namespace = namespaceOf(cluster, place.namespace)
    const name = left?.name ?? `slipway-${objectName(stage.path, 40)}-${randomUUID().slice(0, 8)}`
    const labels = marksOf({ home: place.home, run, stage: stage.path, session })
    const containers = planned(stage).map((container) => onTheirNodes(container, images))
    const pulled = [
      ...planned(stage).flatMap(({ image, connector }) => (image === undefined || connector === undefined ? [] : [{ image, connector }])),
      ...(helperUse.connector === undefined ? [] : [{ image: helper, connector: helperUse.connector }]),
    ]
    const { config } = await pullLogins(pulled, images, { signal })
    const removeRest = async (w: Waiting): Promise<void> => {
      if (config !== undefined) await namespace.delete('secrets', name, w)
    }
    if (config !== undefined && left === undefined) await namespace.create('secrets', pullSecret(name, labels, config), { signal })
    try {
      const helperImage = onNodes(helper, helperUse, images)
      const manifest = podManifest({
        name,
        namespace: place.namespace,
        settings: place.settings,
        containers,
        helperImage,
        ...(config !== undefined && { pullSecret: name }),
        sharedPaths: pathsToShare(stage.sharedPaths ?? [], note),
        services: serviceNames(stage.steps).map((service) => objectName(service, 63)),
        labels,
      })
      if (usualImage !== undefined) tellUsualImage(stage, usualImage, note)
      const wanted = {
        step: 'the stage',
        image: left?.images.get(helperName) ?? helperImage,
        login: helperUse.connector === undefined ? 'without a login' : `by connector ${helperUse.connector}`,
      }
      const needs = {
        cluster,
        namespace,
        watch: place.watch,
        name,
        graceSeconds: manifest.spec.terminationGracePeriodSeconds,
        initTimeoutMs: place.settings.initTimeoutMs,
        helper: wanted,
        note,
        ...(config !== undefined && { secret: name }),
        keep: left !== undefined,
      }
      const make = (w: Waiting): Promise<PodFacts> =>
        left === undefined ? namespace.createPod(manifest, w) : namespace.patchPod(name, { metadata: { labels: ownersMarks(session) } }, w)
      const pod = await openStagePod(needs, make, { signal })
      const before = left === undefined ? [] : await beginningsIn(pod, { signal })
      const files = copiedFiles(folder, podSide(pod, base), { uid: usualOwner, gid: usualOwner, older: left !== undefined })
      const workspace = kubernetesWorkspace({
        ...images,
        session: session.slice(0, 8),
        pod,
        slots: containerSlots(containers, before),
        settings: place.settings,
        files,
        base,
        folder,
        code: o.code,
        usualImage,
        removeRest,
      })
      const begun = Map.groupBy(
        before.filter((one) => one.begun),
        ({ step }) => step,
      )
      return { ...workspace, begun: new Map([...begun].map(([step, all]) => [step, all.length])) }
    } catch (error) {
      if (left === undefined) await removeRest({ signal: AbortSignal.timeout(removeMs) }).catch(() => undefined)
      throw error
    }
  }
}

function onTheirNodes(container: ContainerPlan, images: NodeImages): ContainerPlan {
  return container.image === undefined
    ? container
    : { ...container, image: onNodes(container.image, container.connector === undefined ? plainUse : useOf(container.connector), images) }
}

function pullSecret(name: string, labels: Readonly<Record<string, string>>, config: string) {
  const data = { '.dockerconfigjson': Buffer.from(config).toString('base64') }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels }, type: 'kubernetes.io/dockerconfigjson', data }
}

function tellUsualImage(stage: StagePlan, image: string, note: (note: Diagnostic) => void): void {
  const names = plannedContainers(stage, { usualImage: image, spare: 0 }).containers.flatMap(({ step, image: own }) =>
    own === image && step !== undefined ? [step] : [],
  )
  if (names.length > 0) note(diagnose('INFRA_DOCKER_STEP_IMAGE', { image, names: names.join(', ') }))
}

/** What runs of this data folder left that are over, one way or another. Who may not look is told by what he wants to do, not by this. */
async function sweep(cluster: ClusterConnection, namespace: string, home: string, { dir, resumable }: KubernetesOptions, w: Waiting): Promise<void> {
  await removeLeftOvers(namespaceOf(cluster, namespace), { home, ...(resumable !== undefined && { keeps: resumable }) }, w).catch((error: unknown) => {
    if (!isProblem(error, 'K8S_FORBIDDEN')) throw error
  })
  for (const folder of await deadStageFolders(dir)) await rm(folder, { recursive: true, force: true })
}
