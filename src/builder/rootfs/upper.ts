/** What a RUN changed, told by its upper directory alone: lower layers are asked about those paths only. */
import { type BigIntStats, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { decodeOwner, type Owner, type OwnerLog, type Owners, ownerAttribute } from '../exec/keeper/owners.ts'
import type { Sandbox, Scratch } from '../exec/sandbox.ts'
import { comparePaths, joinPath, parentOf, type TreeNode } from '../tree/node.ts'
import type { AboutSnapshot, Attributes } from './about-snapshot.ts'
import { nodeOf } from './file-node.ts'
import { isWhiteout } from './folder-layer.ts'
import { type LayerStack, lookUp, namesIn } from './stack-lookup.ts'
import { isUntouched } from './untouched.ts'

export interface UpperChanges {
  /** In the order of a layer, with all directories above. */
  readonly changed: readonly (readonly [string, TreeNode])[]
  readonly removed: readonly string[]
  readonly about: AboutSnapshot
}

/** Takes away what was made only to mount on: no layer shows that there were mounts. */
export function removeStubs(upper: string, targets: readonly string[], lowers: LayerStack): void {
  const paths = new Set(targets.flatMap((target) => [target, ...foldersAbove(target)]))
  for (const path of [...paths].sort(comparePaths).reverse()) {
    const stats = lstatSync(join(upper, path), { throwIfNoEntry: false })
    if (stats === undefined || lookUp(lowers, path) !== undefined) continue
    if (stats.isDirectory()) removeIfEmpty(join(upper, path))
    else if (stats.isFile() && stats.size === 0) rmSync(join(upper, path))
  }
}

function foldersAbove(path: string): readonly string[] {
  const above = parentOf(path)
  return above === '' ? [] : [above, ...foldersAbove(above)]
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // The command put something there, so the folder is its doing now.
  }
}

interface Walked {
  readonly path: string
  readonly stats: BigIntStats
}

interface Reading extends Scratch {
  /** Where the directory will be when contents are read. */
  readonly later: string
  /** Owners of what has no attributes: noted by the run just now, or known from when the directory was adopted. */
  readonly log?: OwnerLog
  readonly owners?: Owners | undefined
}

export async function readUpper(upper: string, lowers: LayerStack, sandbox: Sandbox, o: Reading): Promise<UpperChanges> {
  const walked = [...walk(upper, '')]
  const asked = walked.filter(({ stats }) => stats.isFile() || stats.isDirectory()).map(({ path }) => path)
  const attributes = await sandbox.attributes(upper, asked, o)
  const isOpaque = (path: string) => attributes.get(path)?.get(`${sandbox.overlayAttributes}opaque`)?.toString() === 'y'
  const nodes = new Map<string, TreeNode>()
  const real = new Set<string>()
  const removed: string[] = []
  const opaque: string[] = []
  // Directories that are new: what is in them is not below either.
  const fresh = new Set<string>()
  const owners = new Map<string, Owner>()
  for (const { path, stats } of walked) {
    const below = fresh.has(parentOf(path)) ? undefined : lookUp(lowers, path)
    if (stats.isDirectory() && below?.kind !== 'dir') fresh.add(path)
    if (isWhiteout(stats)) {
      if (below !== undefined) removed.push(path)
      continue
    }
    const owner = decodeOwner(attributes.get(path)?.get(ownerAttribute)) ?? notedOwner(path, stats, lowers, o.log) ?? o.owners?.get(path)
    if (owner !== undefined) owners.set(path, owner)
    const node = nodeOf(join(upper, path), stats, { content: join(o.later, path), attributes: attributes.get(path), owner })
    if (node === undefined) continue
    nodes.set(path, node)
    if (await isUntouched(join(upper, path), node, below, o)) continue
    if (node.kind === 'dir' && isOpaque(path)) {
      opaque.push(path)
      removed.push(...goneFrom(upper, path, lowers))
    }
    // A directory that was only copied up, for the sake of something in it, has not changed; nor one that was made again as it was.
    const copied = node.kind === 'dir' && below?.kind === 'dir' && below.mode === node.mode && below.uid === node.uid && below.gid === node.gid
    if (!copied) real.add(path)
  }
  for (const path of [...real, ...removed]) for (const above of foldersAbove(path)) real.add(above)
  const changed = [...real].sort(comparePaths).flatMap((path) => pair(path, nodes.get(path)))
  return { changed, removed: removed.sort(comparePaths), about: { opaque, attributes: keptAttributes(changed), ...(owners.size > 0 && { owners }) } }
}

/** A link of a lower layer that came up keeps its number as long as the overlay is mounted. */
function notedOwner(path: string, stats: BigIntStats, lowers: LayerStack, log: OwnerLog | undefined): Owner | undefined {
  if (log === undefined || stats.isFile() || stats.isDirectory()) return log?.find(stats)
  const before = lowers.flatMap(({ lower }) => (lower.kind === 'folder' ? (lstatIn(lower.folder, path) ?? []) : []))
  return log.find(stats) ?? before.map(({ ino }) => log.find({ ino, birthtimeNs: stats.birthtimeNs })).find((owner) => owner !== undefined)
}

function lstatIn(folder: string, path: string): BigIntStats | undefined {
  try {
    return lstatSync(join(folder, path), { bigint: true, throwIfNoEntry: false })
  } catch {
    // ENOTDIR: something else is where a directory would have to be.
    return undefined
  }
}

function keptAttributes(changed: UpperChanges['changed']): Attributes {
  return new Map(changed.flatMap(([path, { xattrs }]) => (xattrs === undefined ? [] : [[path, xattrs] as const])))
}

function pair(path: string, node: TreeNode | undefined): (readonly [string, TreeNode])[] {
  return node === undefined ? [] : [[path, node]]
}

function goneFrom(upper: string, path: string, lowers: LayerStack): readonly string[] {
  const here = new Set(readdirSync(join(upper, path)))
  return [...namesIn(lowers, path)].filter((name) => !here.has(name)).map((name) => joinPath(path, name))
}

function* walk(root: string, folder: string): Generator<Walked> {
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = joinPath(folder, name)
    const stats = lstatSync(join(root, path), { bigint: true })
    yield { path, stats }
    if (stats.isDirectory()) yield* walk(root, path)
  }
}
