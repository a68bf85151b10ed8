import { describe, expect, it } from 'vitest'
import { type Connector, connectorDocument } from '../../../pipeline/connector.ts'
import { sourceFile } from '../../../text/source-file.ts'
import { parseYaml } from '../../../yaml/parse.ts'
import { clusterOfConnector } from './cluster-of-connector.ts'

const signal = new AbortController().signal

function connectors(credential: object, type = 'K8sCluster'): ReadonlyMap<string, Connector> {
  const text = JSON.stringify({ connector: { identifier: 'cluster', name: 'cluster', type, spec: { credential } } })
  const [document] = parseYaml(sourceFile('c.yaml', text)).documents
  const read = document === undefined ? undefined : connectorDocument.read(document, () => undefined, '')
  return new Map(read === undefined ? [] : [['cluster', read.connector]])
}

const manual = (type: string, spec: object): object => ({ type: 'ManualConfig', spec: { masterUrl: 'https://10.0.0.1:6443', auth: { type, spec } } })
const find = (all: ReadonlyMap<string, Connector>, ref = 'account.cluster') => clusterOfConnector(ref, all, async (name) => `<${name}>`, { signal })

describe('a connector of a cluster', () => {
  it('gives the token of a service account', async () => {
    const all = connectors(manual('ServiceAccount', { serviceAccountTokenRef: 'token', caCertRef: 'ca' }))
    expect(await find(all)).toEqual({ kind: 'token', server: 'https://10.0.0.1:6443', token: '<token>', ca: '<ca>' })
  })

  it('gives a client certificate', async () => {
    const all = connectors(manual('ClientKeyCert', { clientKeyRef: 'key', clientCertRef: 'cert' }))
    expect(await find(all)).toEqual({ kind: 'certificate', server: 'https://10.0.0.1:6443', cert: '<cert>', key: '<key>' })
  })

  it('gives a user and a password', async () => {
    const all = connectors(manual('UsernamePassword', { username: 'ann', passwordRef: 'password' }))
    expect(await find(all)).toEqual({ kind: 'password', server: 'https://10.0.0.1:6443', username: 'ann', password: '<password>' })
  })

  it('means the cluster of the kubeconfig where it inherits', async () => {
    expect(await find(connectors({ type: 'InheritFromDelegate' }))).toEqual({ kind: 'usual' })
  })

  it('is never guessed', async () => {
    await expect(find(new Map())).rejects.toMatchObject({ code: 'K8S_CONNECTOR_UNKNOWN' })
  })

  it.each([
    ['a login that is not known', manual('OpenIdConnect', {}), 'its auth is of type OpenIdConnect'],
    ['a key with a passphrase', manual('ClientKeyCert', { clientKeyRef: 'k', clientCertRef: 'c', clientKeyPassphraseRef: 'p' }), 'passphrase'],
  ])('is refused for %s', async (_, credential, reason) => {
    await expect(find(connectors(credential))).rejects.toMatchObject({ code: 'K8S_CONNECTOR_UNFIT', message: expect.stringContaining(reason) })
  })
})
