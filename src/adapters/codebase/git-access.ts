/** What a git connector says: the address of a repository, and the login for it. */
import { problem } from '../../base/problem.ts'
import { isSecretText, type Text } from '../../base/secret-text.ts'
import type { Dynamic } from '../../dynamic/dynamic.ts'
import type { GitLogin } from '../../git/login.ts'
import type { Connector } from '../../pipeline/connector.ts'
import { type GitConnector, gitAddress, isGitConnector } from '../../pipeline/git-address.ts'
import { type GitAddress, isSsh } from '../../pipeline/repository-url.ts'
import { codecommitPassword } from './codecommit-password.ts'

type Waiting = { readonly signal: AbortSignal }
type ReadSecret = (name: string, o: Waiting) => Promise<string>

export interface GitAccess {
  readonly name: string
  readonly address: GitAddress
  /** Undefined: everybody may read. */
  login(url: string, o: Waiting & { readonly now: number }): Promise<GitLogin | undefined>
}

/** Undefined for connectors of other kinds. */
export function gitAccess(connector: Connector, read: ReadSecret): GitAccess | undefined {
  if (!isGitConnector(connector)) return undefined
  const { identifier } = connector
  const address = gitAddress(connector)
  if (address === undefined) throw problem('CONNECTOR_INCOMPLETE', { connector: identifier, missing: 'url written out (no expression)' }, { at: connector.at })
  return { name: `connector ${identifier}`, address, login: (url, o) => loginOf(connector, url, read, o) }
}

function loginOf(connector: GitConnector, url: string, read: ReadSecret, o: Waiting & { readonly now: number }): Promise<GitLogin | undefined> {
  if (connector.type === 'Codecommit') return awsLogin(connector, url, read, o)
  return connector.type === 'Git' ? anyLogin(connector, url, read, o) : serviceLogin(connector, url, read, o)
}

type ServiceConnector = Extract<Connector, { readonly type: 'Github' | 'Gitlab' | 'Bitbucket' | 'AzureRepo' }>

/** The user that a token of each service goes with, where the token alone is given. */
const tokenUser: Readonly<Record<ServiceConnector['type'], string>> = {
  Github: 'x-access-token',
  Gitlab: 'oauth2',
  Bitbucket: 'x-token-auth',
  AzureRepo: 'token',
}

async function serviceLogin(connector: ServiceConnector, url: string, read: ReadSecret, o: Waiting): Promise<GitLogin | undefined> {
  const { authentication } = connector.spec
  const { identifier } = connector
  if (authentication === undefined) return undefined
  if (authentication.type === 'Ssh') return keyLogin(authentication.spec.sshKeyRef, identifier, url, read, o)
  const { spec: login } = authentication
  if (login.type === 'Anonymous') return undefined
  if (isSsh(url)) throw problem('GIT_LOGIN_MISFIT', { connector: identifier, address: url, reason: 'it has a user and a password, and the address is of ssh' })
  switch (login.type) {
    case 'UsernamePassword':
      return { kind: 'password', username: await userOf(login.spec, identifier, read, o), password: await read(login.spec.passwordRef, o) }
    case 'UsernameToken': {
      const named = login.spec.username !== undefined || login.spec.usernameRef !== undefined
      const username = named ? await userOf(login.spec, identifier, read, o) : tokenUser[connector.type]
      return { kind: 'password', username, password: await read(login.spec.tokenRef, o) }
    }
    case 'OAuth':
      return { kind: 'password', username: tokenUser[connector.type], password: await read(login.spec.tokenRef, o) }
    case 'GithubApp':
    case 'Kerberos':
      throw problem('GIT_LOGIN_MISFIT', { connector: identifier, address: url, reason: `logins of type ${login.type} are not spoken here` })
  }
}

type AwsConnector = Extract<Connector, { readonly type: 'Codecommit' }>

async function awsLogin(connector: AwsConnector, url: string, read: ReadSecret, o: Waiting & { readonly now: number }): Promise<GitLogin | undefined> {
  const keys = connector.spec.authentication?.spec.spec
  if (keys === undefined) return undefined
  const { accessKey, accessKeyRef, secretKeyRef } = keys
  const username = await userOf(
    { ...(accessKey !== undefined && { username: accessKey }), ...(accessKeyRef !== undefined && { usernameRef: accessKeyRef }) },
    connector.identifier,
    read,
    o,
  )
  return { kind: 'password', username, password: codecommitPassword(new URL(url), await read(secretKeyRef, o), o.now) }
}

type AnyConnector = Extract<Connector, { readonly type: 'Git' }>

async function anyLogin({ identifier, spec }: AnyConnector, url: string, read: ReadSecret, o: Waiting): Promise<GitLogin | undefined> {
  const login = spec.spec
  if (login?.sshKeyRef !== undefined) return keyLogin(login.sshKeyRef, identifier, url, read, o)
  if (login?.passwordRef === undefined) return undefined
  if (isSsh(url)) throw problem('GIT_LOGIN_MISFIT', { connector: identifier, address: url, reason: 'it has a user and a password, and the address is of ssh' })
  return { kind: 'password', username: await userOf(login, identifier, read, o), password: await read(login.passwordRef, o) }
}

async function keyLogin(ref: string, connector: string, url: string, read: ReadSecret, o: Waiting): Promise<GitLogin> {
  if (!isSsh(url)) throw problem('GIT_LOGIN_MISFIT', { connector, address: url, reason: 'it has an ssh key, and the address is not of ssh' })
  return { kind: 'key', key: await read(ref, o) }
}

interface User {
  readonly username?: Dynamic<Text>
  readonly usernameRef?: string
}

async function userOf({ username, usernameRef }: User, connector: string, read: ReadSecret, o: Waiting): Promise<string> {
  if (usernameRef !== undefined) return read(usernameRef, o)
  if (username === undefined) throw problem('CONNECTOR_INCOMPLETE', { connector, missing: 'username or usernameRef' })
  return plain(username, connector, 'username')
}

function plain(value: Dynamic<Text>, connector: string, field: string): string {
  if (value.kind === 'literal' && !isSecretText(value.value)) return value.value
  throw problem('CONNECTOR_INCOMPLETE', { connector, missing: `${field} written out (no expression)` }, { at: value.at })
}
