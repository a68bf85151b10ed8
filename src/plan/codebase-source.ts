/** Whether the code under build is copied from a folder of this machine or cloned: what the person says, then what the pipeline says. */
import { isSecretText } from '../base/secret-text.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { Revision } from '../pipeline/revision.ts'
import { connectorFact } from './connector-fact.ts'
import type { RunFacts } from './facts.ts'

export type CodebaseSource =
  | { readonly kind: 'folder' /** The codebase block names it, and nothing defines it. */; readonly undefinedConnector?: string }
  | { readonly kind: 'clone' /** Absent: the connector's. */; readonly url?: string; readonly revision?: Revision }

export function codebaseSource(pipeline: Pipeline, facts: RunFacts): CodebaseSource {
  const { code } = facts
  if (code?.kind === 'folder') return { kind: 'folder' }
  if (code?.url !== undefined) return { kind: 'clone', url: code.url, revision: code.revision ?? { kind: 'default' } }
  const named = pipeline.properties?.ci?.codebase?.connectorRef
  if (named === undefined) return code === undefined ? { kind: 'folder' } : { kind: 'clone', ...(code.folder !== undefined && { url: code.folder }) }
  // A connector that is an expression is known when the step runs.
  if (named.kind !== 'literal' || isSecretText(named.value)) return { kind: 'clone' }
  const defined = typeof connectorFact(named.value, facts) === 'object'
  if (defined || code !== undefined) return { kind: 'clone' }
  // Nobody looked, so none is missed.
  return facts.connectors === undefined ? { kind: 'folder' } : { kind: 'folder', undefinedConnector: named.value }
}
