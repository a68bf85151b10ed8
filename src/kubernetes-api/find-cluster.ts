/** Which cluster is meant: a connector's, the one of the kubeconfig, or the one that this program runs in. The client library is loaded here, and only when it is needed. */
import { readFile } from 'node:fs/promises'
import type { KubeConfig } from '@kubernetes/client-node'
import { problem } from '../base/problem.ts'
import type { ClusterAccess, ClusterTls } from './access.ts'

export type ClusterChoice =
  /** KUBECONFIG, `~/.kube/config`, or the account of the pod. */
  | { readonly kind: 'usual' }
  | { readonly kind: 'token'; readonly server: string; readonly token: string; readonly ca?: string }
  | { readonly kind: 'certificate'; readonly server: string; readonly cert: string; readonly key: string; readonly ca?: string }
  | { readonly kind: 'password'; readonly server: string; readonly username: string; readonly password: string; readonly ca?: string }

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

export async function findCluster(name: string, choice: ClusterChoice, env: Readonly<Record<string, string | undefined>>): Promise<ClusterAccess> {
  if (choice.kind === 'usual') return usualCluster(env)
  const tls = choice.ca === undefined ? {} : { ca: choice.ca }
  const common = { name, server: choice.server, namespace: 'default' }
  if (choice.kind === 'token') return { ...common, tls, headers: async () => ({ authorization: `Bearer ${choice.token}` }) }
  if (choice.kind === 'certificate') return { ...common, tls: { ...tls, cert: choice.cert, key: choice.key }, headers: async () => ({}) }
  const basic = Buffer.from(`${choice.username}:${choice.password}`).toString('base64')
  return { ...common, tls, headers: async () => ({ authorization: `Basic ${basic}` }) }
}

async function usualCluster(env: Readonly<Record<string, string | undefined>>): Promise<ClusterAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  const file = env['KUBECONFIG'] || undefined
  const inside = env['KUBERNETES_SERVICE_HOST'] !== undefined
  try {
    if (file !== undefined && file.split(':').length === 1) config.loadFromFile(file)
    else if (file === undefined && inside) config.loadFromCluster()
    else config.loadFromDefault()
  } catch (cause) {
    throw problem('K8S_CONFIG_UNUSABLE', { reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
  const cluster = config.getCurrentCluster()
  // What the library takes where it finds nothing: nobody means that.
  if (cluster === null || (cluster.name === 'cluster' && cluster.server === 'http://localhost:8080'))
    throw problem('K8S_CONFIG_UNUSABLE', { reason: 'neither KUBECONFIG nor ~/.kube/config names a cluster, and this is no pod' })
  const context = config.getContextObject(config.currentContext)
  const namespace = context?.namespace ?? (inside && file === undefined ? await ownNamespace() : 'default')
  return { name: config.currentContext, server: cluster.server, namespace, tls: await tlsOf(config), headers: () => headersOf(config) }
}

async function ownNamespace(): Promise<string> {
  return (await readFile(namespaceFile, 'utf8').catch(() => 'default')).trim()
}

interface Applied {
  headers?: Record<string, string | string[] | undefined>
  ca?: unknown
  cert?: unknown
  key?: unknown
  rejectUnauthorized?: boolean
  servername?: string
  auth?: string
  agent?: unknown
}

/** Of one request, as the library would make it: a plugin may have been asked for it. */
async function applied(config: KubeConfig): Promise<Applied> {
  // Unencrypted servers are refused by its agents, which are not used here.
  const options: Applied = { headers: {} }
  try {
    await config.applyToHTTPSOptions(options as Parameters<KubeConfig['applyToHTTPSOptions']>[0])
  } catch (cause) {
    if (!(cause instanceof Error && cause.message.startsWith('HTTP protocol is not allowed')))
      throw problem('K8S_CONFIG_UNUSABLE', { reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
  return options
}

async function tlsOf(config: KubeConfig): Promise<ClusterTls> {
  const { ca, cert, key, rejectUnauthorized, servername } = await applied(config)
  const pem = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))
  const [authority, certificate, secret] = [pem(ca), pem(cert), pem(key)]
  return {
    ...(authority !== undefined && { ca: authority }),
    ...(certificate !== undefined && { cert: certificate }),
    ...(secret !== undefined && { key: secret }),
    ...(rejectUnauthorized === false && { skipVerify: true }),
    ...(servername !== undefined && { serverName: servername }),
  }
}

async function headersOf(config: KubeConfig): Promise<Readonly<Record<string, string>>> {
  const { headers = {}, auth } = await applied(config)
  const given = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), String(value)] as const]))
  return { ...Object.fromEntries(given), ...(auth !== undefined && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }) }
}
