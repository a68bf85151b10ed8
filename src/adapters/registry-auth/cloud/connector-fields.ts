/** The login of a cloud connector: fields of its tree, written out or as the names of secrets. */
import { problem } from '../../../base/problem.ts'
import type { DynamicTree } from '../../../dynamic/tree.ts'
import type { Connector } from '../../../pipeline/connector.ts'
import type { ReadSecret } from '../connector-auth.ts'
import type { Owner, Waiting } from './cloud-world.ts'

export type CloudConnector = Extract<Connector, { readonly type: 'Aws' | 'Gcp' | 'Azure' }>

export interface ConnectorFields extends Owner {
  /** `spec.auth.type`, below `credential` (or `auth`, as some write it). Throws CONNECTOR_INCOMPLETE for an expression. */
  text(path: string): string | undefined
  need(path: string): string
  /** Of Azure: `AZURE_US_GOVERNMENT`. */
  readonly environment: string | undefined
  /** How to read the secret that `path` names; undefined when it names none. */
  secret(path: string): ((w: Waiting) => Promise<string>) | undefined
}

/** Connectors whose login is a tree. */
type TreeConnector = CloudConnector | Extract<Connector, { readonly type: 'K8sCluster' }>

export function connectorFields(connector: TreeConnector, read: ReadSecret): ConnectorFields {
  const root = connector.spec.credential ?? connector.spec.auth
  const owner: Owner = { from: `connector ${connector.identifier}`, at: connector.at }
  const lacks = (missing: string) =>
    problem('CONNECTOR_INCOMPLETE', { connector: connector.identifier, missing }, { at: connector.at, hint: 'docs/registries.md shows a whole one.' })
  const text = (path: string): string | undefined => {
    const found = root === undefined ? undefined : at(root, path.split('.'))
    if (found === undefined || found.kind !== 'value') return undefined
    if (found.value.kind !== 'literal') throw lacks(`credential.${path} written out (no expression)`)
    const value = found.value.value
    return typeof value === 'string' && value !== '' ? value : typeof value === 'boolean' ? String(value) : undefined
  }
  return {
    ...owner,
    environment: connector.spec.azureEnvironmentType,
    text,
    need(path) {
      const value = text(path)
      if (value === undefined) throw lacks(`credential.${path}`)
      return value
    },
    secret(path) {
      const name = text(path)
      return name === undefined ? undefined : (w) => read(name, w)
    },
  }
}

function at(tree: DynamicTree, [key, ...rest]: readonly string[]): DynamicTree | undefined {
  if (key === undefined) return tree
  if (tree.kind !== 'map') return undefined
  const entry = tree.entries.find((one) => one.key === key)
  return entry === undefined ? undefined : at(entry.value, rest)
}
