/** Pods and what belongs to them in one namespace: the few requests that a stage needs. */
import { isProblem } from '../base/problem.ts'
import type { ClusterConnection, ClusterRequest } from './connection.ts'
import { type EventFacts, type PodFacts, parseEvents, parsePod, parsePods } from './schema.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface Manifest {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
}

/** Kinds that a stage makes besides pods. */
export type Kind = 'secrets'

export interface Namespace {
  readonly name: string
  /** Made once, also when the answer to the first request was lost. */
  createPod(manifest: Manifest, o: Waiting): Promise<PodFacts>
  pod(name: string, o: Waiting): Promise<PodFacts | undefined>
  pods(selector: string, o: Waiting): Promise<readonly PodFacts[]>
  /** What was noted about it, as far as that is still kept. */
  eventsOf(pod: string, o: Waiting): Promise<readonly EventFacts[]>
  patchPod(name: string, patch: unknown, o: Waiting): Promise<PodFacts>
  /** What is not there is gone already. */
  deletePod(name: string, graceSeconds: number, o: Waiting): Promise<void>
  create(kind: Kind, manifest: Manifest, o: Waiting): Promise<void>
  /** It goes when the pod goes, whoever takes that away. */
  belongsTo(kind: Kind, name: string, pod: PodFacts, o: Waiting): Promise<void>
  delete(kind: Kind, name: string, o: Waiting): Promise<void>
}

export function namespaceOf(cluster: ClusterConnection, namespace: string): Namespace {
  const at = (verb: ClusterRequest['verb'], resource: string, name = ''): ClusterRequest => ({
    verb,
    resource,
    namespace,
    path: `/api/v1/namespaces/${namespace}/${resource}${name === '' ? '' : `/${encodeURIComponent(name)}`}`,
  })
  const absent = { mayBeAbsent: true }
  const pod = async (name: string, w: Waiting): Promise<PodFacts | undefined> => {
    const json = await cluster.json({ ...at('get', 'pods', name), ...absent }, w)
    return json === undefined ? undefined : parsePod(json, cluster.name)
  }
  // Strict: what the server does not know is a mistake, and not thrown away. Servers before 1.25 do not hear it.
  const query = { fieldValidation: 'Strict' }
  return {
    name: namespace,
    pod,
    async createPod(manifest, w) {
      let asked = false
      return cluster.patiently(async () => {
        try {
          const again = asked
          asked = true
          // Nobody else has this name: where it is there when we ask again, the first request made it.
          const made = again ? await pod(manifest.metadata.name, w) : undefined
          return made ?? parsePod(await once(cluster, { ...at('create', 'pods'), query, body: manifest }, w), cluster.name)
        } catch (error) {
          const conflict = isProblem(error, 'K8S_REFUSED') && error.message.includes('already exists')
          const made = conflict ? await pod(manifest.metadata.name, w) : undefined
          if (made !== undefined) return made
          throw error
        }
      }, w)
    },
    pods: async (labelSelector, w) => parsePods(await cluster.json({ ...at('list', 'pods'), query: { labelSelector } }, w), cluster.name).pods,
    async eventsOf(name, w) {
      const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${name}`
      return parseEvents(await cluster.json({ ...at('list', 'events'), query: { fieldSelector } }, w), cluster.name)
    },
    patchPod: async (name, body, w) => parsePod(await cluster.json({ ...at('patch', 'pods', name), body }, w), cluster.name),
    async deletePod(name, gracePeriodSeconds, w) {
      await cluster.json({ ...at('delete', 'pods', name), ...absent, body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds } }, w)
    },
    async create(kind, manifest, w) {
      await cluster.json({ ...at('create', kind), query, body: manifest }, w).catch((error: unknown) => {
        if (!(isProblem(error, 'K8S_REFUSED') && error.message.includes('already exists'))) throw error
      })
    },
    async belongsTo(kind, name, owner, w) {
      const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: owner.name, uid: owner.uid }]
      await cluster.json({ ...at('patch', kind, name), body: { metadata: { ownerReferences } } }, w)
    },
    async delete(kind, name, w) {
      await cluster.json({ ...at('delete', kind, name), ...absent }, w)
    },
  }
}

/** Its own caller is patient. */
async function once(cluster: ClusterConnection, request: ClusterRequest, w: Waiting): Promise<unknown> {
  const body = await cluster.stream(request, w)
  return body === undefined ? undefined : JSON.parse(Buffer.concat(await Array.fromAsync(body as AsyncIterable<Buffer>)).toString('utf8'))
}
