/** Images as nodes are told them, and with whose login they fetch them. */
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import { Problem, problem } from '../../../base/problem.ts'
import type { Cpu } from '../../../builder/exec/machine/system-calls.ts'
import { familiarRef, type ImageRef, parseSourceRef, showRef, withDefaultTag } from '../../../oci/ref.ts'
import { dockerHub } from '../../../oci/registry-host.ts'
import type { Credentials } from '../../../ports/registry-auth.ts'
import { plainUse, type RegistryUse } from '../../../ports/registry-use.ts'
import type { RegistryClient } from '../../../registry/client.ts'
import { mappingOf } from '../../../registry/endpoint.ts'
import { pullImage } from '../../../registry/pull.ts'

interface Waiting {
  readonly signal: AbortSignal
}

export interface NodeImages {
  readonly client: (use: RegistryUse) => RegistryClient
  readonly note: (note: Diagnostic) => void
}

/** Throws what is wrong with its name. */
export function refOf(reference: string): ImageRef {
  const parsed = parseSourceRef(reference)
  if (parsed.ok) return withDefaultTag(parsed.value)
  const [wrong] = parsed.diagnostics
  throw wrong === undefined ? new Error(`${reference} is no image reference`) : new Problem(wrong)
}

/** Nodes do not know `hosts`: they are told where the image really is. */
export function onNodes(reference: string, use: RegistryUse, { client, note }: NodeImages): string {
  const ref = refOf(reference)
  const mapped = mappingOf(ref.registry, client(use).hosts)?.endpoint
  if (mapped === undefined) return familiarRef(ref)
  const url = new URL(/^\w+:\/\//.test(mapped) ? mapped : `https://${mapped}`)
  const prefix = url.pathname.replace(/^\/|\/$/g, '')
  const there = showRef({ ...ref, registry: url.host, repository: prefix === '' ? ref.repository : `${prefix}/${ref.repository}` })
  note(diagnose('K8S_IMAGE_MAPPED', { image: reference, mapped: there }))
  return there
}

export interface PullLogins {
  /** Of a secret of type kubernetes.io/dockerconfigjson; undefined: nobody logs in. */
  readonly config: string | undefined
}

export interface Pulled {
  readonly image: string
  readonly connector?: string
}

/** Those of connectors only: what this machine is logged in to is nobody else's business. */
export async function pullLogins(images: readonly Pulled[], o: NodeImages, w: Waiting): Promise<PullLogins> {
  const auths: Record<string, { auth: string }> = {}
  for (const { image, connector } of images) {
    if (connector === undefined) continue
    const ref = refOf(image)
    const use = useOf(connector)
    const login = await o.client(use).auth.credentialsFor({ registry: ref.registry, repository: ref.repository }, w)
    const auth = login === undefined ? undefined : basicOf(login)
    const host = onNodes(image, use, { ...o, note: () => undefined }).split('/')[0] ?? ''
    const key = ref.registry === dockerHub && !host.includes('.') ? 'https://index.docker.io/v1/' : host
    if (auth !== undefined) auths[key] = { auth: Buffer.from(auth).toString('base64') }
  }
  return { config: Object.keys(auths).length === 0 ? undefined : JSON.stringify({ auths }) }
}

export function useOf(connector: string | undefined): RegistryUse {
  return connector === undefined ? plainUse : { ...plainUse, connector }
}

/** Nodes know user and password only; tokens go as the passwords of users that registries have for them. */
function basicOf(login: Credentials): string | undefined {
  if (login.kind === 'basic') return `${login.username}:${login.password}`
  return login.kind === 'bearer' ? undefined : `${login.username ?? '<token>'}:${login.token}`
}

/** What it starts by itself, asked of its registry. */
export async function programOfImage(reference: string, use: RegistryUse, cpu: Cpu, { client }: NodeImages, w: Waiting): Promise<readonly string[]> {
  const platform = { os: 'linux', architecture: cpu === 'x64' ? 'amd64' : 'arm64' }
  const image = await pullImage(refOf(reference), { client: client(use), platform, signal: w.signal }).catch((cause: unknown) => {
    w.signal.throwIfAborted()
    throw problem('K8S_ENTRYPOINT_UNKNOWN', { image: reference, reason: cause instanceof Error ? cause.message : String(cause) }, { cause })
  })
  const { config } = await image.config()
  const own = [...(config?.Entrypoint ?? []), ...(config?.Cmd ?? [])]
  if (own.length === 0) throw problem('STEP_IMAGE_WITHOUT_COMMAND', { image: reference })
  return own
}
