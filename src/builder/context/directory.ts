/** The build context: a folder of this machine as a tree, with .dockerignore applied once, owned by root as all contexts are. */
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { problem } from '../../base/problem.ts'
import { type IgnoreAnswer, type IgnoreRules, type Matched, matchIgnore, mayKeepBelow } from '../../dockerfile/ignore.ts'
import { comparePaths, joinPath, nameOf, parentOf, type Tree, type TreeNode } from '../tree/node.ts'
import { fileContent } from './file-content.ts'

interface Listing {
  readonly nodes: ReadonlyMap<string, TreeNode>
  /** For each child folder: what its own children inherit. */
  readonly matched: ReadonlyMap<string, Matched>
}

/**
 * Each folder is read once, when first asked for, and whole: synchronous calls are several times faster than asynchronous ones
 * here, and no folder is long enough to be felt. Sockets, pipes and devices are not part of a context.
 */
export function directoryTree(folder: string, rules: IgnoreRules): Tree {
  const root = resolve(folder)
  const listings = new Map<string, Listing>()
  const listing = (path: string): Listing => {
    const known = listings.get(path)
    if (known !== undefined) return known
    const above = path === '' ? undefined : listing(parentOf(path))
    const exists = above === undefined || above.nodes.get(nameOf(path))?.kind === 'dir'
    const read = exists ? readFolder(root, path, rules, above?.matched.get(nameOf(path)) ?? []) : nothing
    listings.set(path, read)
    return read
  }
  return {
    find: async (path) => (path === '' ? rootNode(root) : listing(parentOf(path)).nodes.get(nameOf(path))),
    list: async (path) => listing(path).nodes,
  }
}

const nothing: Listing = { nodes: new Map(), matched: new Map() }

function rootNode(root: string): TreeNode | undefined {
  const stats = statOf(root, '')
  return stats && nodeOf(root, stats)
}

function readFolder(root: string, path: string, rules: IgnoreRules, parent: Matched): Listing {
  const folder = resolve(root, path)
  const nodes = new Map<string, TreeNode>()
  const matched = new Map<string, Matched>()
  for (const name of namesIn(folder, path)) {
    const below = joinPath(path, name)
    const answer = matchIgnore(rules, below, parent)
    if (answer.ignored && !rules.takesBack) continue
    const stats = statOf(resolve(folder, name), below)
    if (stats === undefined || !isKept(root, below, stats, rules, answer)) continue
    const node = nodeOf(resolve(folder, name), stats)
    if (node === undefined) continue
    nodes.set(name, node)
    matched.set(name, answer.matched)
  }
  return { nodes, matched }
}

/** An ignored folder stays when a "!" rule keeps something in it. */
function isKept(root: string, path: string, stats: Stats, rules: IgnoreRules, answer: IgnoreAnswer): boolean {
  if (!answer.ignored) return true
  return stats.isDirectory() && mayKeepBelow(rules, path) && readFolder(root, path, rules, answer.matched).nodes.size > 0
}

function namesIn(folder: string, path: string): readonly string[] {
  try {
    return readdirSync(folder).sort(comparePaths)
  } catch (error) {
    throw unreadable(path, error)
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

function nodeOf(file: string, stats: Stats): TreeNode | undefined {
  const common = { mode: stats.mode & 0o7777, uid: 0, gid: 0, mtimeNs: BigInt(Math.floor(stats.mtimeMs / 1000)) * 1_000_000_000n }
  if (stats.isDirectory()) return { kind: 'dir', ...common }
  if (stats.isSymbolicLink()) return { kind: 'symlink', ...common, mode: 0o777, target: readlinkSync(file) }
  if (!stats.isFile()) return undefined
  const fingerprint = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`
  const inode = stats.nlink > 1 ? `${stats.dev}:${stats.ino}` : undefined
  return { kind: 'file', ...common, size: stats.size, content: fileContent(file, stats.size), fingerprint, ...(inode !== undefined && { inode }) }
}

function unreadable(path: string, error: unknown) {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return problem('BUILD_CONTEXT_UNREADABLE', { path: path === '' ? 'the folder' : path, reason }, { cause: error })
}
