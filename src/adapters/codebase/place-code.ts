/** Code into a workspace of this machine: a folder copied, or a repository cloned with the login of its connector. */
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { plural } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'
import { cloneRepository } from '../../git/clone.ts'
import type { GitLogin } from '../../git/login.ts'
import type { CodebaseFacts } from '../../pipeline/codebase-facts.ts'
import type { Connector } from '../../pipeline/connector.ts'
import { isSsh, nameOfRepository, repositoryUrl } from '../../pipeline/repository-url.ts'
import type { CodePlacer, CodePlacing, CodeRequest, CodeSource, PlacedCode, Repository } from '../../ports/code.ts'
import { makeStageFolder } from '../infra/local/stage-folder.ts'
import { findConnector } from '../registry-auth/connector-scope.ts'
import { cloneFacts } from './clone-facts.ts'
import { copyCodebase } from './copy-codebase.ts'
import { codebaseAt } from './find-codebase.ts'
import { type GitAccess, gitAccess } from './git-access.ts'

export interface PlacerOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  readonly clock: Clock
  /** Data folder: hosts of ssh are remembered there, and it is never copied. */
  readonly home: string
  readonly connectors: ReadonlyMap<string, Connector>
  /** Told of every secret before it is used. */
  readonly onSecret: (value: string) => void
  readonly read: (name: string, o: { readonly signal: AbortSignal }) => Promise<string>
  /** A folder that somebody has filled for this run: taken as it is, with what was known of it there. */
  readonly sent?: { readonly folder: string; readonly facts: CodebaseFacts }
}

export function placeCode(o: PlacerOptions): CodePlacer {
  return {
    place: (request, hostPath, placing) =>
      (request.source.kind === 'folder' ? copy(request.source.path, request, hostPath) : clone(request.source, request, hostPath))(placing, o),
  }
}

type HostPath = (path: string) => string
type Placing = (placing: CodePlacing, o: PlacerOptions) => Promise<PlacedCode>

function copy(path: string, { into = '/harness' }: CodeRequest, hostPath: HostPath): Placing {
  return async (placing, { env, home, sent }) => {
    const { signal } = placing
    const known = sent?.folder === path ? sent : undefined
    const [{ facts }, copied] = await Promise.all([
      known ?? codebaseAt(path, { env, signal }),
      copyCodebase(path, hostPath(into), { env, signal, note: placing.note, skip: [home], ...(known !== undefined && { all: true }) }),
    ])
    const at = facts.commitSha === undefined ? '' : ` (${facts.branch ?? 'no branch'} at ${facts.commitSha.slice(0, 7)}, with what is not committed yet)`
    placing.say(`copied ${plural(copied, 'file')} of ${path}${at}\n`)
    return { folder: into, facts }
  }
}

function clone(source: Extract<CodeSource, { readonly kind: 'repository' }>, { into }: CodeRequest, hostPath: HostPath): Placing {
  return async (placing, o) => {
    const { url, login, loginOf } = await reach(source.repository, placing, o)
    const folder = into ?? `/harness/${nameOfRepository(url)}`
    // Named by this process, so that the next run takes it away if this one is killed.
    const scratch = await makeStageFolder(join(o.home, 'stages'))
    const job = { url, revision: source.revision, settings: source.settings, loginOf, folder: hostPath(folder), shownFolder: folder }
    const ssh = { knownHosts: join(o.home, 'known_hosts'), otherKnownHosts: o.env['HOME'] === undefined ? [] : [join(o.env['HOME'], '.ssh', 'known_hosts')] }
    const cloned = await cloneRepository(
      { ...job, ...(login !== undefined && { login }) },
      { ...placing, env: o.env, kill: o.kill, clock: o.clock, scratch, ssh },
    ).finally(() => rm(scratch, { recursive: true, force: true }))
    const facts = cloneFacts(cloned, source.revision, url)
    placing.say(`cloned ${url} to ${folder}: ${cloned.commit.slice(0, 7)} ${cloned.message.split('\n')[0] ?? ''}\n`)
    return { folder, facts }
  }
}

interface Reached {
  readonly url: string
  readonly login?: GitLogin
  readonly loginOf: string
}

/** The login of a connector goes to the server of the connector and to no other. */
async function reach(repository: Repository, { signal }: CodePlacing, o: PlacerOptions): Promise<Reached> {
  const access = repository.connector === undefined ? undefined : accessOf(repository.connector, o)
  const given = repository.url ?? (access === undefined ? undefined : repositoryUrl(access.address, repository))
  if (given === undefined)
    throw problem('CODEBASE_NO_REPOSITORY', { what: access === undefined ? 'the step' : `the ${access.name} is for many repositories: the step` })
  const { url, login: own } = apart(given)
  if (own?.kind === 'password') o.onSecret(own.password)
  if (own !== undefined) return { url, login: own, loginOf: 'the address' }
  if (access === undefined || !sameServer(url, access.address.url)) return { url, loginOf: 'a connector (there is none for this address)' }
  const login = await access.login(url, { signal, now: o.clock.now() })
  return { url, loginOf: access.name, ...(login !== undefined && { login }) }
}

function accessOf(ref: string, { connectors, read }: PlacerOptions): GitAccess {
  const connector = findConnector(ref, connectors)
  const access = connector === undefined ? undefined : gitAccess(connector, read)
  if (access === undefined) throw problem('CONNECTOR_UNDEFINED', { connector: ref })
  return access
}

/** User and password of an address become a login, so that the address can be shown and stored. */
function apart(text: string): { readonly url: string; readonly login?: GitLogin } {
  if (text.startsWith('-')) throw problem('GIT_REVISION_BAD', { name: text, what: 'repository' })
  if (!/^https?:/i.test(text) || !URL.canParse(text)) return { url: text }
  const parsed = new URL(text)
  const [username, password] = [decodeURIComponent(parsed.username), decodeURIComponent(parsed.password)]
  parsed.username = ''
  parsed.password = ''
  return password === '' ? { url: parsed.href } : { url: parsed.href, login: { kind: 'password', username, password } }
}

function sameServer(a: string, b: string): boolean {
  return serverOf(a) === serverOf(b)
}

function serverOf(url: string): string {
  if (URL.canParse(url) && !isSsh(url)) return new URL(url).origin
  const [, host] = /^(?:ssh:\/\/)?(?:[^@/]*@)?([^:/]+)/.exec(url) ?? []
  return `ssh:${host ?? basename(url)}`
}
