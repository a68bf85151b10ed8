/** Logins from connectors: a step names its connector, whose user and password go to the connector's registry only. */
import { problem } from '../../base/problem.ts'
import { isSecretText, type Text } from '../../base/secret-text.ts'
import type { Dynamic } from '../../dynamic/dynamic.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { Credentials } from '../../ports/registry-auth.ts'
import type { Login, LoginSource } from './login.ts'
import { parsePrefix } from './prefix.ts'

/** How the run reads secrets: revealed values are known to its redactor before anyone else sees them. */
export type ReadSecret = (name: string, o: { readonly signal: AbortSignal }) => Promise<string>

type DockerConnector = Extract<Connector, { readonly type: 'DockerRegistry' }>

/** What the step says itself, in place of the connector's. */
export interface GivenLogin {
  readonly username?: string
  readonly password?: string
}

/** Asked for logins, it throws CONNECTOR_INCOMPLETE when the URL cannot be read. */
export function connectorLogins(connector: DockerConnector, read: ReadSecret, given: GivenLogin = {}): LoginSource {
  const from = `connector ${connector.identifier}`
  return {
    name: from,
    async logins() {
      const prefix = prefixOf(connector)
      const login: Login = { prefix, from, credentials: (w) => credentialsOf(connector, read, given, w) }
      // https://ghcr.io/NAMESPACE is also written for repositories elsewhere on ghcr.io: with lower rank it counts for the whole host.
      return prefix.path === '' ? [login] : [login, { ...login, prefix: { ...prefix, path: '' }, lastResort: true }]
    },
  }
}

/** Of all connectors of a folder, for commands that name none. Those whose host is not written out are left out. */
export function allConnectorLogins(connectors: Iterable<Connector>, read: ReadSecret): readonly LoginSource[] {
  return [...connectors].flatMap((connector) => {
    if (connector.type !== 'DockerRegistry') return []
    const url = connector.spec.dockerRegistryUrl
    return isPlain(url) && parsePrefix(url.value) !== undefined ? [connectorLogins(connector, read)] : []
  })
}

function prefixOf({ identifier, spec, at }: DockerConnector) {
  const url = plain(spec.dockerRegistryUrl, identifier, 'dockerRegistryUrl')
  const prefix = parsePrefix(url)
  if (prefix === undefined) throw problem('CONNECTOR_INCOMPLETE', { connector: identifier, missing: 'a dockerRegistryUrl with a host' }, { at })
  return prefix
}

async function credentialsOf(
  connector: DockerConnector,
  read: ReadSecret,
  given: GivenLogin,
  o: { readonly signal: AbortSignal },
): Promise<Credentials | undefined> {
  const { auth } = connector.spec
  const anonymous = auth === undefined || auth.type === 'Anonymous'
  if (anonymous && given.username === undefined && given.password === undefined) return undefined
  const username = given.username ?? (await usernameOf(connector, read, o))
  const { passwordRef } = auth?.spec ?? {}
  const password = given.password ?? (passwordRef === undefined ? undefined : await read(passwordRef, o))
  if (username !== undefined && password !== undefined) return { kind: 'basic', username, password }
  const missing = username === undefined ? 'username or usernameRef' : 'passwordRef'
  throw problem('CONNECTOR_INCOMPLETE', { connector: connector.identifier, missing }, { at: connector.at })
}

async function usernameOf(connector: DockerConnector, read: ReadSecret, o: { readonly signal: AbortSignal }): Promise<string | undefined> {
  const { username, usernameRef } = connector.spec.auth?.spec ?? {}
  if (usernameRef !== undefined) return read(usernameRef, o)
  return username === undefined ? undefined : plain(username, connector.identifier, 'username')
}

function isPlain(dynamic: Dynamic<Text>): dynamic is Dynamic<Text> & { readonly kind: 'literal'; readonly value: string } {
  return dynamic.kind === 'literal' && !isSecretText(dynamic.value)
}

function plain(dynamic: Dynamic<Text>, connector: string, field: string): string {
  if (isPlain(dynamic)) return dynamic.value
  throw problem('CONNECTOR_INCOMPLETE', { connector, missing: `${field} written out (no expression)` }, { at: dynamic.at })
}
