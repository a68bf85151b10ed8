/** The build context: a folder of this machine as a tree, with .dockerignore applied once, owned by root as all contexts are. */
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isProblem, problem } from '../../base/problem.ts'
import { type IgnoreAnswer, type IgnoreRules, type Matched, matchIgnore, mayKeepBelow } from '../../dockerfile/ignore.ts'
import { comparePaths, joinPath, nameOf, parentOf, type Tree, type TreeNode, unsteady } from '../tree/node.ts'
import { listedContent } from './file-content.ts'

interface Root {
  readonly folder: string
  /** Files that changed later may change again without a trace. */
  readonly steadyBefore: number
  readonly onLeftOut: (path: string, what: string) => void
}

/** File systems tell time in steps of up to 10 ms: what changes twice in one step looks the same afterwards. */
const tick = 20

interface Listing {
  readonly nodes: ReadonlyMap<string, TreeNode>
  /** For each child folder: what its own children inherit. */
  readonly matched: ReadonlyMap<string, Matched>
}

/**
 * Each folder is read once, when first asked for, and whole: synchronous calls are several times faster than asynchronous ones
 * here, and no folder is long enough to be felt. Sockets, pipes and devices are not part of a context, which `onLeftOut`
 * is told, but of sockets. `sinceMs` is the file system's time before anything was listed.
 */
export function directoryTree(folder: string, rules: IgnoreRules, o: DirectoryOptions): Tree {
  const root: Root = { folder: resolve(folder), steadyBefore: o.sinceMs - tick, onLeftOut: o.onLeftOut ?? (() => undefined) }
  const listings = new Map<string, Listing>()
  let listed = 0
  const listing = (path: string): Listing => {
    const known = listings.get(path)
    if (known !== undefined) return known
    const above = path === '' ? undefined : listing(parentOf(path))
    const exists = above === undefined || above.nodes.get(nameOf(path))?.kind === 'dir'
    const read = exists ? readFolder(root, path, rules, above?.matched.get(nameOf(path)) ?? []) : nothing
    listings.set(path, read)
    listed += read.nodes.size
    return read
  }
  // Whoever wants to end the build, or keeps an eye on its memory, gets a turn.
  const breathe = async (): Promise<void> => {
    if (listed < breath) return
    listed = 0
    await setImmediate()
  }
  return {
    find: async (path) => (path === '' ? rootNode(root) : listing(parentOf(path)).nodes.get(nameOf(path))),
    async list(path) {
      const { nodes } = listing(path)
      await breathe()
      return nodes
    },
  }
}

/** Files. */
const breath = 500

export interface DirectoryOptions {
  readonly sinceMs: number
  readonly onLeftOut?: (path: string, what: string) => void
}

/** Nobody misses a socket. */
function kindOf(stats: Stats): string | undefined {
  if (stats.isFIFO()) return 'a pipe'
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'a device' : undefined
}

const nothing: Listing = { nodes: new Map(), matched: new Map() }

function rootNode(root: Root): TreeNode | undefined {
  const stats = statOf(root.folder, '')
  return stats && nodeOf(root, '', stats)
}

function readFolder(root: Root, path: string, rules: IgnoreRules, parent: Matched): Listing {
  const folder = join(root.folder, path)
  const nodes = new Map<string, TreeNode>()
  const matched = new Map<string, Matched>()
  for (const name of namesIn(folder, path)) {
    const below = joinPath(path, name)
    const answer = matchIgnore(rules, below, parent)
    if (answer.ignored && !rules.takesBack) continue
    const stats = statOf(join(folder, name), below)
    if (stats === undefined || !isKept(root, below, stats, rules, answer)) continue
    const node = nodeOf(root, below, stats)
    if (node === undefined) {
      const what = kindOf(stats)
      if (what !== undefined) root.onLeftOut(below, what)
      continue
    }
    nodes.set(name, node)
    if (node.kind === 'dir') matched.set(name, answer.matched)
  }
  return { nodes, matched }
}

/** An ignored folder stays when a "!" rule keeps something in it. */
function isKept(root: Root, path: string, stats: Stats, rules: IgnoreRules, answer: IgnoreAnswer): boolean {
  if (!answer.ignored) return true
  return stats.isDirectory() && mayKeepBelow(rules, path) && readFolder(root, path, rules, answer.matched).nodes.size > 0
}

function namesIn(folder: string, path: string): readonly string[] {
  try {
    const names = readdirSync(folder)
    if (names.some((name) => name.includes('\ufffd'))) refuseBrokenNames(folder, path)
    return names.sort(comparePaths)
  } catch (error) {
    if (isProblem(error)) throw error
    throw unreadable(path, error)
  }
}

/** Told from those that hold the replacement character as such. */
function refuseBrokenNames(folder: string, path: string): void {
  for (const raw of readdirSync(folder, { encoding: 'buffer' })) {
    if (Buffer.compare(Buffer.from(raw.toString('utf8')), raw) === 0) continue
    const shown = raw.toString('latin1').replace(/[^\x20-\x7e]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
    throw problem('BUILD_NAME_INVALID', { name: joinPath(path, shown) })
  }
}

/** Undefined: it went away between listing and asking. */
function statOf(file: string, path: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false })
  } catch (error) {
    throw unreadable(path, error)
  }
}

function nodeOf(root: Root, path: string, stats: Stats): TreeNode | undefined {
  const common = { origin: path, mode: stats.mode & 0o7777, uid: 0, gid: 0, mtimeNs: BigInt(Math.floor(stats.mtimeMs / 1000)) * 1_000_000_000n }
  const file = join(root.folder, path)
  if (stats.isDirectory()) return { kind: 'dir', ...common }
  if (stats.isSymbolicLink()) return linkNode(file, path, common)
  if (!stats.isFile()) return undefined
  const { size, mtimeMs, ctimeMs, ino, dev } = stats
  const traces = `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`
  const fingerprint = ctimeMs < root.steadyBefore ? traces : `${unsteady}${traces}`
  const inode = stats.nlink > 1 ? `${dev}:${ino}` : undefined
  return { kind: 'file', ...common, size, content: listedContent(file, { path, size, mtimeMs, ino }), fingerprint, ...(inode !== undefined && { inode }) }
}

function linkNode(file: string, path: string, common: Pick<TreeNode, 'origin' | 'uid' | 'gid' | 'mtimeNs'>): TreeNode {
  try {
    return { kind: 'symlink', ...common, mode: 0o777, target: readlinkSync(file) }
  } catch (cause) {
    throw problem('BUILD_CONTEXT_CHANGED', { path }, { cause })
  }
}

function unreadable(path: string, error: unknown) {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return problem('BUILD_CONTEXT_UNREADABLE', { path: path === '' ? 'the folder' : path, reason }, { cause: error })
}
