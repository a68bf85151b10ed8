/** Answers of the scripted server that are no pods: refusals, secrets, events, and what is asked by who looks after a cluster. */
import type { FakeContainer } from './node.ts'
import { now, pullError } from './node.ts'
import type { FakePod, Manifest } from './pod-json.ts'
import { pullEvents, type Refusal, recordedAnswer, refusals } from './recorded-parts.ts'

const verbs: Readonly<Record<string, string>> = { POST: 'create', DELETE: 'delete', PATCH: 'patch' }

export interface Asked {
  readonly method: string
  readonly url: URL
  readonly namespace: string
  readonly resource: string
  readonly name: string
}

export function forbidden({ method, url, namespace, resource, name }: Asked): Refusal {
  const watching = url.searchParams.get('watch') === 'true'
  const verb = verbs[method] ?? (watching ? 'watch' : name === '' ? 'list' : 'get')
  const said = refusals.forbidden.message.replace('create', verb).replace(/pods/g, resource).replace('"default"', `"${namespace}"`)
  const message = name === '' ? said : said.replace(resource, `${resource} "${name}"`)
  return { ...refusals.forbidden, message, details: { ...(name !== '' && { name }), kind: resource } }
}

export const absent = (resource: string, name: string): Refusal => ({
  ...refusals.absent,
  message: `${resource} "${name}" not found`,
  details: { name, kind: resource },
})

export const exists = (name: string): Refusal => ({ ...absent('pods', name), message: `pods "${name}" already exists`, reason: 'AlreadyExists', code: 409 })

export const overQuota = (name: string): Refusal => ({
  ...refusals.quota,
  message: refusals.quota.message.replace(/slipway-launch-POD-\d+/, name),
  details: { name, kind: 'pods' },
})

const secretPath = '/api/v1/namespaces/default/secrets'
const oneSecret = `${secretPath}/slipway-launch-POD-1`

export function secretJson(kept: Manifest, how: 'POST' | 'PATCH') {
  const real = recordedAnswer('a private image', how === 'POST' ? `POST ${secretPath}` : `PATCH ${oneSecret}`)
  return { ...real, ...kept, metadata: { ...(real['metadata'] as object), ...kept.metadata } }
}

export function secretGone(name: string) {
  const real = recordedAnswer('a private image', `DELETE ${oneSecret}`)
  return { ...real, details: { ...(real['details'] as object), name } }
}

/** What a kubelet notes when it cannot get an image. */
export function notesOfPull(pod: FakePod, { name, image }: FakeContainer): readonly unknown[] {
  const { name: podName } = pod.manifest.metadata
  return pullEvents.map((event, i) => ({
    ...event,
    metadata: { ...event.metadata, name: `${podName}.${i}`, creationTimestamp: now() },
    involvedObject: { ...event.involvedObject, name: podName, uid: `uid-${podName}`, fieldPath: `spec.containers{${name}}` },
    message: event.message.startsWith('Failed') ? `Failed to pull image "${image}": ${pullError(image)}` : event.message,
  }))
}

export function eventList(items: readonly unknown[]) {
  return { ...recordedAnswer('a late image that is missing', 'GET /api/v1/namespaces/default/events'), items }
}

export interface CareFaults {
  /** `create secrets` */
  readonly denied?: readonly string[]
  readonly podSecurity?: string
  readonly quota?: boolean
}

interface Review {
  readonly spec: { readonly resourceAttributes: { readonly verb: string; readonly resource: string; readonly subresource?: string } }
}

const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

/** By method and path, or by method and resource. */
export const careAnswers: Readonly<Record<string, (faults: CareFaults, body: unknown) => readonly [number, unknown]>> = {
  'GET /version': () => [200, recordedAnswer('care', 'GET /version')],
  'GET /api/v1/namespaces/default'({ podSecurity }) {
    const real = recordedAnswer('care', 'GET /api/v1/namespaces/default')
    const labels = podSecurity === undefined ? {} : { labels: { 'pod-security.kubernetes.io/enforce': podSecurity } }
    return [200, { ...real, metadata: { ...(real['metadata'] as object), ...labels } }]
  },
  'GET resourcequotas'({ quota }) {
    const real = recordedAnswer('care', 'GET /api/v1/namespaces/default/resourcequotas')
    return [200, quota === true ? real : { ...real, items: [] }]
  },
  [`POST ${reviews}`]({ denied = [] }, body) {
    const { verb, resource, subresource } = (body as Review).spec.resourceAttributes
    const allowed = !denied.includes(`${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`)
    const real = recordedAnswer('care', `POST ${reviews}`)
    return [201, { ...real, spec: (body as Review).spec, status: allowed ? real['status'] : { allowed } }]
  },
}
