/** What a cluster allows to runs, asked of it without making anything, and what runs left there. */
import type { Clock } from '../../../base/clock.ts'
import { isProblem } from '../../../base/problem.ts'
import { type ClusterConnection, type ClusterRequest, openCluster } from '../../../kubernetes-api/connection.ts'
import { findCluster } from '../../../kubernetes-api/find-cluster.ts'
import { namespaceOf } from '../../../kubernetes-api/pods.ts'
import { parseLabels, parseQuotas, parseReview, parseVersion } from '../../../kubernetes-api/schema.ts'
import type { Connector } from '../../../pipeline/connector.ts'
import type { ClusterCare, ClusterWanted, RightFact } from '../../../ports/cluster-care.ts'
import type { ReadSecret } from '../../registry-auth/connector-auth.ts'
import { homeId } from '../home-id.ts'
import { clusterOfConnector } from './cluster-of-connector.ts'
import { removeLeftOvers } from './remove-left-overs.ts'
import { type Right, rights } from './rights.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface CareOptions extends ClusterWanted {
  /** As of the infrastructure. */
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly connectors: ReadonlyMap<string, Connector>
  readonly read: ReadSecret
}

/** Somebody waits for the answer: a server that is away is not waited for. */
const patienceMs = 3000

export async function clusterCare(o: CareOptions, w: Waiting): Promise<ClusterCare> {
  const { connector, env, clock } = o
  const choice = connector === undefined ? ({ kind: 'usual' } as const) : await clusterOfConnector(connector, o.connectors, o.read, w)
  const cluster = openCluster(await findCluster(connector === undefined ? '' : `connector ${connector}`, choice, env), { clock, patienceMs })
  const namespace = o.namespace ?? cluster.access.namespace
  return {
    async facts(waiting) {
      const version = parseVersion(await cluster.json(plain('get', 'version', '/version'), waiting), cluster.name)
      const base = `/api/v1/namespaces/${namespace}`
      const quotas = await unlessForbidden(cluster, { ...plain('list', 'resourcequotas', `${base}/resourcequotas`), namespace }, waiting)
      const about = await unlessForbidden(cluster, plain('get', 'namespaces', base), waiting)
      return {
        cluster: cluster.name,
        server: cluster.access.server,
        version,
        namespace,
        rights: await Promise.all(rights.map((right) => ask(right, namespace, cluster, waiting))),
        quotas:
          quotas === undefined
            ? undefined
            : parseQuotas(quotas, cluster.name).flatMap(({ name, amounts }) =>
                amounts.map(({ resource, used, hard }) => `${resource}: ${used} of ${hard} (${name})`),
              ),
        podSecurity: about === undefined ? undefined : (parseLabels(about, cluster.name)['pod-security.kubernetes.io/enforce'] ?? 'privileged'),
      }
    },
    prune: async ({ before, dryRun, signal }) =>
      removeLeftOvers(namespaceOf(cluster, namespace), { home: await homeId(o.dir), dryRun, ...(before !== undefined && { before }) }, { signal }),
    close: () => cluster.close(),
  }
}

function plain(verb: ClusterRequest['verb'], resource: string, path: string): ClusterRequest {
  return { verb, resource, namespace: '', path }
}

async function unlessForbidden(cluster: ClusterConnection, request: ClusterRequest, w: Waiting): Promise<unknown> {
  return cluster.json(request, w).catch((error: unknown) => {
    if (isProblem(error, 'K8S_FORBIDDEN')) return undefined
    throw error
  })
}

async function ask({ verb, resource: full, why, optional }: Right, namespace: string, cluster: ClusterConnection, w: Waiting): Promise<RightFact> {
  const [resource, subresource] = full.split('/')
  const resourceAttributes = { namespace, verb, resource, ...(subresource !== undefined && { subresource }) }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
  const answer = await cluster.json({ ...plain('create', 'selfsubjectaccessreviews', path), body }, w)
  return { right: `${verb} ${full}`, why, allowed: parseReview(answer, cluster.name), optional: optional === true }
}
