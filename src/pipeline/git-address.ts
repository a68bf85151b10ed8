/** What a connector says about where repositories are. */
import { isSecretText } from '../base/secret-text.ts'
import type { Connector } from './connector.ts'
import type { GitAddress } from './repository-url.ts'

type GitType = 'Github' | 'Gitlab' | 'Bitbucket' | 'AzureRepo' | 'Codecommit' | 'Git'
export type GitConnector = Extract<Connector, { readonly type: GitType }>

const types: ReadonlySet<string> = new Set<GitType>(['Github', 'Gitlab', 'Bitbucket', 'AzureRepo', 'Codecommit', 'Git'])

export function isGitConnector(connector: Connector): connector is GitConnector {
  return types.has(connector.type)
}

/** Undefined when the URL is an expression. */
export function gitAddress(connector: GitConnector): GitAddress | undefined {
  const { url } = connector.spec
  if (url.kind !== 'literal' || isSecretText(url.value)) return undefined
  const kind = connector.type === 'Git' ? connector.spec.connectionType : connector.spec.type
  return { type: connector.type, url: url.value, holds: kind === undefined || kind === 'Repo' ? 'one' : 'many' }
}
