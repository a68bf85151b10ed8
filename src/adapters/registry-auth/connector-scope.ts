/** Which connector a reference means: `account.hub`, `org.hub` and `hub` are names in three scopes. */
import type { Connector } from '../../pipeline/connector.ts'

/** A definition that names no organisation and no project serves every scope that has none of its own. */
export function findConnector(ref: string, connectors: ReadonlyMap<string, Connector>): Connector | undefined {
  const [, scope, name] = /^(account|org)\.(.+)$/s.exec(ref) ?? []
  return connectors.get(ref) ?? (scope === undefined || name === undefined ? undefined : connectors.get(name))
}
