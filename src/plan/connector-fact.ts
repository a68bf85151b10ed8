/** What is known of a connector that is named: where it is defined, or that it is not. */
import type { ConnectorFact, RunFacts } from './facts.ts'

/** Scopes tell connectors of one name apart; a connector of another scope is better than none. `harnessImage` is there without anybody defining it. */
export function connectorFact(id: string, { connectors, connectorsNeeded }: RunFacts): ConnectorFact | 'missing' | 'unknown' | undefined {
  const name = id.replace(/^(account|org)\./, '')
  if (connectors === undefined || name === 'harnessImage') return undefined
  return connectors[id] ?? connectors[name] ?? (connectorsNeeded === true ? 'missing' : 'unknown')
}
