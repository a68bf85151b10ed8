/** Credentials from connectors: a step names its connector, whose user name and password go to the connector's registry only. */
import { problem } from '../../base/problem.ts'
import { isSecretText, type Text } from '../../base/secret-text.ts'
import type { Dynamic } from '../../dynamic/dynamic.ts'
import { registryOfUrl } from '../../oci/registry-host.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { Credentials, RegistryAuth } from '../../ports/registry-auth.ts'

/** How the run reads secrets: revealed values are known to its redactor before anyone else sees them. */
export type ReadSecret = (name: string, o: { readonly signal: AbortSignal }) => Promise<string>

type DockerConnector = Extract<Connector, { readonly type: 'DockerRegistry' }>

export function connectorAuth(connector: DockerConnector, read: ReadSecret): RegistryAuth {
  const url = plain(connector.spec.dockerRegistryUrl, connector.identifier, 'dockerRegistryUrl')
  const registry = registryOfUrl(url) ?? url
  return {
    name: `connector ${connector.identifier}`,
    async credentialsFor(target, o) {
      return target.registry === registry ? credentialsOf(connector, read, o) : undefined
    },
  }
}

async function credentialsOf(connector: DockerConnector, read: ReadSecret, o: { readonly signal: AbortSignal }): Promise<Credentials | undefined> {
  const { auth } = connector.spec
  if (auth === undefined || auth.type === 'Anonymous') return undefined
  const { username, usernameRef, passwordRef } = auth.spec ?? {}
  const user = usernameRef !== undefined ? await read(usernameRef, o) : username === undefined ? undefined : plain(username, connector.identifier, 'username')
  if (user === undefined || passwordRef === undefined) {
    throw problem(
      'CONNECTOR_INCOMPLETE',
      { connector: connector.identifier, missing: user === undefined ? 'username or usernameRef' : 'passwordRef' },
      { at: connector.at },
    )
  }
  return { kind: 'basic', username: user, password: await read(passwordRef, o) }
}

function plain(dynamic: Dynamic<Text>, connector: string, field: string): string {
  if (dynamic.kind === 'literal' && !isSecretText(dynamic.value)) return dynamic.value
  throw problem('CONNECTOR_INCOMPLETE', { connector, missing: `${field} written out (no expression)` }, { at: dynamic.at })
}
