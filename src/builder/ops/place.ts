/** Puts one source into the working tree: owner, mode and time as asked for, folders merged, hard links kept. */
import { problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import { type IgnoreRules, type Matched, matchIgnore } from '../../dockerfile/ignore.ts'
import { joinPath, parentOf, type Tree, type TreeNode, type Waiting } from '../tree/node.ts'
import type { WorkingTree } from '../tree/working-tree.ts'
import type { ModeChange } from './mode.ts'
import type { Owner } from './owner.ts'

export interface Placing extends Waiting {
  readonly tree: WorkingTree
  readonly source: Tree
  readonly instruction: string
  readonly at: Span
  readonly owner: Owner | undefined
  readonly mode: ModeChange | undefined
  /** The time of every copied path; undefined: as in the source. */
  readonly mtimeNs: bigint | undefined
  readonly exclude: IgnoreRules
  /** Names of one file become hard links only within one source of the instruction. */
  readonly group: string
}

/** Copies the folder or file at `from` to exactly `to`. A folder at `to` keeps its own mode and owner, but not its time; those below keep none. */
export async function place(p: Placing, from: string, node: TreeNode, to: string): Promise<void> {
  if (node.kind !== 'dir') return placeFile(p, node, to)
  const there = await folderAt(p, to)
  await placeChildren(p, { from, to, inside: '', matched: [] })
  putFolder(p, to, { there, node: { ...(there ?? adjusted(p, node)), mtimeNs: p.mtimeNs ?? node.mtimeNs } })
}

/** After what is in it, which changes the time of a folder. */
function putFolder(p: Placing, to: string, { there, node }: { readonly there: TreeNode | undefined; readonly node: TreeNode }): void {
  if (to === '') return
  p.tree.put(to, node)
  if (there === undefined) p.tree.touch(parentOf(to))
}

interface Folder {
  readonly from: string
  readonly to: string
  /** Path below the copied folder, which --exclude is matched against. */
  readonly inside: string
  readonly matched: Matched
}

async function placeChildren(p: Placing, folder: Folder): Promise<void> {
  p.signal.throwIfAborted()
  for (const [name, node] of await p.source.list(folder.from, p)) {
    const inside = joinPath(folder.inside, name)
    const { ignored, matched } = matchIgnore(p.exclude, inside, folder.matched)
    const to = joinPath(folder.to, name)
    if (node.kind === 'dir') {
      const there = ignored ? undefined : await folderAt(p, to)
      if (!ignored || p.exclude.takesBack) await placeChildren(p, { from: joinPath(folder.from, name), to, inside, matched })
      if (!ignored) putFolder(p, to, { there, node: adjusted(p, node) })
    } else if (!ignored) await placeFile(p, node, to)
  }
}

async function folderAt(p: Placing, to: string): Promise<TreeNode | undefined> {
  const there = await p.tree.peek(to, p)
  if (there !== undefined && there.kind !== 'dir') throw invalid(p, to, 'a file is there, and a directory would take its place')
  return there
}

async function placeFile(p: Placing, node: TreeNode, to: string): Promise<void> {
  const there = await p.tree.peek(to, p)
  if (there?.kind === 'dir') throw invalid(p, to, 'a directory is there, and a file would take its place')
  p.tree.put(to, adjusted(p, node))
}

/** The node as it is to stand in the image. Links have no mode of their own. */
export function adjusted(p: Pick<Placing, 'owner' | 'mode' | 'mtimeNs' | 'group'>, node: TreeNode): TreeNode {
  return {
    ...node,
    uid: p.owner?.uid ?? node.uid,
    gid: p.owner?.gid ?? node.gid,
    mode: p.mode === undefined || node.kind === 'symlink' ? node.mode : p.mode(node.mode, node.kind === 'dir'),
    mtimeNs: p.mtimeNs ?? node.mtimeNs,
    ...(node.kind === 'file' && node.inode !== undefined && { inode: `${p.group} ${node.inode}` }),
  }
}

function invalid(p: Placing, path: string, reason: string) {
  return problem('BUILD_DESTINATION_INVALID', { instruction: p.instruction, path: `/${path}`, reason }, { at: p.at })
}
