/** ADD of what lies outside: a file of the web or a repository, fetched once per build, as a tree of its own. */
import { createHash } from 'node:crypto'
import { isProblem, problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import { type GitSource, shownAddress } from '../../dockerfile/git-source.ts'
import { ignoreRules } from '../../dockerfile/ignore.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import type { Remote } from '../../ports/remote.ts'
import type { BuildStore } from '../store/build-store.ts'
import { type Begin, during } from '../tell.ts'
import type { FileNode, Tree, TreeNode, Waiting } from '../tree/node.ts'
import { directoryTree } from './directory.ts'

/** An address, and what the instruction says about its content. */
export type RemoteSource =
  | { readonly kind: 'http'; readonly url: string; readonly name: string; readonly checksum?: string }
  | { readonly kind: 'git'; readonly source: GitSource; readonly keepGitDir: boolean; readonly checksum?: string }

export interface RemoteTree {
  readonly tree: Tree
  /** Of the tree: the file, or "" for all of a repository. */
  readonly path: string
}

export interface RemoteOptions extends Waiting {
  readonly remote: Remote
  readonly store: BuildStore
  readonly request: BuildRequest
  readonly begin: Begin
  readonly scratch: () => Promise<string>
}

export type OpenRemote = (source: RemoteSource, at: Span) => Promise<RemoteTree>

export function remoteSources(o: RemoteOptions): OpenRemote {
  const opened = new Map<string, Promise<RemoteTree>>()
  return (source, at) => {
    const key = JSON.stringify(source)
    const known = opened.get(key) ?? (source.kind === 'http' ? httpTree(source, at, o) : gitTree(source, at, o))
    opened.set(key, known)
    return known
  }
}

interface Known {
  readonly digest: Digest
  readonly size: number
  readonly etag?: string
  readonly lastModified?: string
}

async function httpTree({ url, name, checksum }: Extract<RemoteSource, { kind: 'http' }>, at: Span, o: RemoteOptions): Promise<RemoteTree> {
  const file = await during(o.begin(`[internal] fetch ${shownAddress(url)}`), () => fetched(url, checksum, at, o))
  const modified = file.lastModified === undefined ? Number.NaN : Date.parse(file.lastModified)
  const node: FileNode = {
    kind: 'file',
    mode: 0o600,
    uid: 0,
    gid: 0,
    mtimeNs: Number.isNaN(modified) ? 0n : BigInt(modified) * 1_000_000n,
    size: file.size,
    fingerprint: file.digest,
    content: (w) => o.store.openBlob(file.digest, w),
  }
  return { tree: { find: async (path) => (path === name ? node : undefined), list: async () => new Map([[name, node]]) }, path: name }
}

/** The server is asked whether the file is still the one that is here, unless the checksum says so already. */
async function fetched(url: string, checksum: string | undefined, at: Span, o: RemoteOptions): Promise<Known> {
  if (checksum !== undefined && !isDigest(checksum)) throw problem('BUILD_CHECKSUM_INVALID', { checksum }, { at })
  const name = `http-${createHash('sha256').update(url).digest('hex')}`
  const known = o.request.noCache ? undefined : await readKnown(name, o)
  if (known !== undefined && known.digest === checksum) return known
  const answer = await o.remote.fetch(url, { signal: o.signal, ...(known !== undefined && { known }) })
  const file = answer === 'unchanged' ? (known as Known) : await keep(url, answer, o)
  if (checksum !== undefined && file.digest !== checksum)
    throw problem('BUILD_CHECKSUM_WRONG', { address: shownAddress(url), expected: checksum, actual: file.digest }, { at })
  if (answer !== 'unchanged') await o.store.writeRecord(name, JSON.stringify(file), o)
  return file
}

async function keep(url: string, { body, etag, lastModified }: Exclude<Awaited<ReturnType<Remote['fetch']>>, 'unchanged'>, o: RemoteOptions): Promise<Known> {
  try {
    const { digest, size } = await o.store.putBlob(body, o)
    return { digest, size, ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) }
  } catch (cause) {
    o.signal.throwIfAborted()
    if (isProblem(cause)) throw cause
    throw problem('REMOTE_FAILED', { address: shownAddress(url), reason: cause instanceof Error ? cause.message : String(cause) }, { cause, retryable: true })
  }
}

/** A record of ours that is damaged, or whose bytes are gone, is a miss. */
async function readKnown(name: string, o: RemoteOptions): Promise<Known | undefined> {
  const text = await o.store.readRecord(name, o)
  try {
    const known = JSON.parse(text ?? '') as Known
    return isDigest(known.digest) && typeof known.size === 'number' && (await o.store.hasBlob(known.digest)) ? known : undefined
  } catch {
    return undefined
  }
}

async function gitTree({ source, keepGitDir, checksum }: Extract<RemoteSource, { kind: 'git' }>, at: Span, o: RemoteOptions): Promise<RemoteTree> {
  const folder = await o.scratch()
  const access = gitAccess(source, o.request)
  const { commit, seconds } = await during(o.begin(`[internal] fetch ${shownAddress(source.url)}`), () =>
    o.remote.checkout(source, folder, { signal: o.signal, ...access }),
  )
  if (checksum !== undefined && (checksum.length < 7 || !commit.startsWith(checksum)))
    throw problem('BUILD_CHECKSUM_WRONG', { address: shownAddress(source.url), expected: checksum, actual: commit }, { at })
  const path = (source.folder ?? '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')
  const rules = ignoreRules(keepGitDir ? [] : [{ text: '**/.git', at }], () => undefined)
  const tree = committedTree(directoryTree(folder, rules, { sinceMs: 0 }), BigInt(seconds) * 1_000_000_000n)
  if (path !== '' && (path.split('/').includes('..') || (await tree.find(path, o)) === undefined))
    throw problem('REMOTE_FAILED', { address: shownAddress(source.url), reason: `commit ${commit.slice(0, 12)} has no folder ${path}` }, { at })
  return { tree, path }
}

/** The names that BuildKit gives such secrets. */
export function gitAccess({ url }: GitSource, request: Pick<BuildRequest, 'secrets' | 'ssh'>): { readonly token?: string; readonly agent?: string } {
  const host = URL.canParse(url) ? new URL(url).host : ''
  const token = request.secrets?.get(`GIT_AUTH_TOKEN.${host}`) ?? request.secrets?.get('GIT_AUTH_TOKEN')
  const agent = request.ssh?.get('default')
  return { ...(token !== undefined && { token: Buffer.from(token).toString('utf8').trim() }), ...(agent?.kind === 'agent' && { agent: agent.socket }) }
}

/** As the commit says, whatever the clock and the usual rights of this machine's user are. */
function committedTree(tree: Tree, mtimeNs: bigint): Tree {
  const as = (node: TreeNode): TreeNode => ({
    ...node,
    mtimeNs,
    mode: node.kind === 'symlink' ? 0o777 : node.kind === 'dir' || (node.mode & 0o100) !== 0 ? 0o755 : 0o644,
  })
  return {
    find: async (path, o) => {
      const node = await tree.find(path, o)
      return node && as(node)
    },
    list: async (path, o) => new Map([...(await tree.list(path, o))].map(([name, node]) => [name, as(node)])),
  }
}
