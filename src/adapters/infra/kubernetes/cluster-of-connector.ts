/** The cluster that a connector of type K8sCluster means, and how it logs in. */
import { problem } from '../../../base/problem.ts'
import type { ClusterChoice } from '../../../kubernetes-api/find-cluster.ts'
import type { Connector } from '../../../pipeline/connector.ts'
import { type ConnectorFields, connectorFields } from '../../registry-auth/cloud/connector-fields.ts'
import type { ReadSecret } from '../../registry-auth/connector-auth.ts'
import { findConnector } from '../../registry-auth/connector-scope.ts'

interface Waiting {
  readonly signal: AbortSignal
}

type Login = (fields: ConnectorFields, w: Waiting) => Promise<ClusterChoice>

const auth = 'spec.auth.spec'

const logins: Readonly<Record<string, Login>> = {
  async ServiceAccount(fields, w) {
    return { kind: 'token', ...(await address(fields, w)), token: (await secret(fields, `${auth}.serviceAccountTokenRef`, w)).trim() }
  },
  async ClientKeyCert(fields, w) {
    if (fields.text(`${auth}.clientKeyPassphraseRef`) !== undefined)
      throw unfit(fields, 'its client key has a passphrase, and only keys without one can be used')
    const [cert, key] = [await secret(fields, `${auth}.clientCertRef`, w), await secret(fields, `${auth}.clientKeyRef`, w)]
    return { kind: 'certificate', ...(await address(fields, w)), cert, key }
  },
  async UsernamePassword(fields, w) {
    const username = fields.text(`${auth}.username`) ?? (await secret(fields, `${auth}.usernameRef`, w))
    return { kind: 'password', ...(await address(fields, w)), username, password: await secret(fields, `${auth}.passwordRef`, w) }
  },
}

export async function clusterOfConnector(ref: string, connectors: ReadonlyMap<string, Connector>, read: ReadSecret, w: Waiting): Promise<ClusterChoice> {
  const connector = findConnector(ref, connectors)
  if (connector === undefined) throw problem('K8S_CONNECTOR_UNKNOWN', { connector: ref })
  if (connector.type !== 'K8sCluster') throw problem('K8S_CONNECTOR_UNFIT', { connector: ref, reason: `it is of type ${connector.type}` }, { at: connector.at })
  const fields = connectorFields(connector, read)
  const kind = fields.need('type')
  if (kind === 'InheritFromDelegate') return { kind: 'usual' }
  if (kind !== 'ManualConfig') throw unfit(fields, `its credential is of type ${kind}`)
  const type = fields.need('spec.auth.type')
  const login = logins[type]
  if (login === undefined) throw unfit(fields, `its auth is of type ${type}`)
  return login(fields, w)
}

async function address(fields: ConnectorFields, w: Waiting): Promise<{ readonly server: string; readonly ca?: string }> {
  const server = fields.need('spec.masterUrl')
  if (!URL.canParse(server)) throw unfit(fields, `its masterUrl "${server}" is no URL`)
  const ca = await fields.secret(`${auth}.caCertRef`)?.(w)
  return { server, ...(ca !== undefined && { ca }) }
}

async function secret(fields: ConnectorFields, path: string, w: Waiting): Promise<string> {
  fields.need(path)
  return (await fields.secret(path)?.(w)) ?? ''
}

function unfit(fields: ConnectorFields, reason: string): Error {
  return problem('K8S_CONNECTOR_UNFIT', { connector: fields.from.replace(/^connector /, ''), reason }, { at: fields.at })
}
