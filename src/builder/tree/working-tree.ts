/** The tree of a stage while it is built: what the instructions put there, above what the base has. */
import { assumedNode } from '../rootfs/assumed.ts'
import { comparePaths, joinPath, nameOf, parentOf, type Tree, type TreeNode, type Waiting } from './node.ts'

export interface WorkingTree extends Tree {
  /** Like `find`, but answers from common knowledge where the base need not be opened for it. For destinations only. */
  peek(path: string, o: Waiting): Promise<TreeNode | undefined>
  /** What can be told about a path without the base: undefined, nothing. */
  known(path: string, o?: Waiting): Promise<TreeNode | undefined>
  put(path: string, node: TreeNode): void
  /** Something was made, replaced or removed in a folder: it is as old as the build then. `put` of anything but a folder says so by itself. */
  touch(folder: string): void
  /** What was put since the last call, with all folders above it, in the order of a layer. */
  takeChanges(o: Waiting): Promise<readonly (readonly [string, TreeNode])[]>
}

export function workingTree(lower: Tree, o: { readonly assume: boolean; readonly created: bigint }): WorkingTree {
  const own = new Map<string, TreeNode>()
  const names = new Map<string, Set<string>>()
  const touched = new Set<string>()
  let changed = new Set<string>()
  const aged = <T extends TreeNode | undefined>(path: string, node: T): T => (node !== undefined && touched.has(path) ? { ...node, mtimeNs: o.created } : node)
  const find = async (path: string, w: Waiting) => aged(path, own.get(path) ?? (await lower.find(path, w)))
  const peek = async (path: string, w: Waiting) => {
    const known = own.get(path) ?? (o.assume ? assumedNode(path, o.created) : undefined)
    return known === 'absent' ? undefined : aged(path, known ?? (await lower.find(path, w)))
  }
  const touch = (folder: string) => void touched.add(folder)
  return {
    find,
    peek,
    known: async (path) => aged(path, own.get(path)),
    async list(path, w) {
      const merged = new Map(await lower.list(path, w))
      for (const name of names.get(path) ?? []) {
        const node = own.get(joinPath(path, name))
        if (node !== undefined) merged.set(name, node)
      }
      for (const [name, node] of merged) merged.set(name, aged(joinPath(path, name), node))
      return new Map([...merged].sort(([a], [b]) => comparePaths(a, b)))
    },
    put(path, node) {
      if (isSame(aged(path, own.get(path)), node)) return
      own.set(path, node)
      touched.delete(path)
      if (node.kind !== 'dir') touch(parentOf(path))
      changed.add(path)
      if (path === '') return
      const siblings = names.get(parentOf(path)) ?? new Set()
      names.set(parentOf(path), siblings.add(nameOf(path)))
    },
    touch,
    async takeChanges(w) {
      const paths = withFolders(changed)
      changed = new Set()
      const nodes: (readonly [string, TreeNode])[] = []
      for (const path of paths) {
        const node = await peek(path, w)
        if (node !== undefined) nodes.push([path, node])
      }
      return nodes
    },
  }
}

/** Putting there what is there already changes nothing, so it is no part of a layer. */
function isSame(before: TreeNode | undefined, after: TreeNode): boolean {
  if (before === undefined || before.kind !== after.kind) return false
  const metadata = before.mode === after.mode && before.uid === after.uid && before.gid === after.gid && before.mtimeNs === after.mtimeNs
  if (before.kind === 'file' && after.kind === 'file') return metadata && before.fingerprint === after.fingerprint
  if (before.kind === 'symlink' && after.kind === 'symlink') return metadata && before.target === after.target
  return metadata && before.kind === 'dir'
}

function withFolders(changed: ReadonlySet<string>): readonly string[] {
  const all = new Set(changed)
  for (const path of changed) for (let above = parentOf(path); above !== '' && !all.has(above); above = parentOf(above)) all.add(above)
  all.delete('')
  return [...all].sort(comparePaths)
}
