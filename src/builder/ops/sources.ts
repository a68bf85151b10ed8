/** The sources of a COPY: patterns to real paths of the source tree, in byte order. */
import { cleanPath } from '../../dockerfile/clean-path.ts'
import { hasWildcards, matchName, unescapeName } from '../../dockerfile/name-pattern.ts'
import { joinPath, nameOf, parentOf, type Tree, type TreeNode, type Waiting } from '../tree/node.ts'
import { resolvePath } from '../tree/resolve.ts'

export interface Found {
  /** As matched, before links are followed: its last part names the copy. */
  readonly path: string
  /** Where the content is. */
  readonly real: string
  readonly node: TreeNode
}

export interface Sources {
  readonly found: readonly Found[]
  /** Names that a pattern matches, of links that lead nowhere. */
  readonly lost: readonly string[]
}

/** Nothing found: nothing there. `**` as a whole part crosses folders where `deep` is set (--parents). */
export async function findSources(tree: Tree, pattern: string, o: Waiting & { readonly deep?: boolean }): Promise<Sources> {
  const parts = cleanPath(`/${pattern}`).split('/').slice(1)
  let matches: readonly string[] = ['']
  for (const part of parts.filter((one) => one !== '')) {
    matches = o.deep === true && part === '**' ? await allBelow(tree, matches, o) : await matchPart(tree, matches, part, o)
  }
  const found: Found[] = []
  const lost: string[] = []
  for (const path of new Set(matches)) {
    const real = await resolvePath(tree.find, path, o)
    const node = await tree.find(real, o)
    if (node !== undefined) found.push({ path, real, node })
    else if ((await tree.find(joinPath(await resolvePath(tree.find, parentOf(path), o), nameOf(path)), o)) !== undefined) lost.push(path)
  }
  return { found, lost }
}

/** A pattern may match nothing, but the folders before its first wildcard must be there. */
export async function isMissing(tree: Tree, pattern: string, o: Waiting): Promise<boolean> {
  const parts = cleanPath(`/${pattern}`).split('/').slice(1)
  const wild = parts.findIndex(hasWildcards)
  if (wild < 0) return true
  const folder = await resolvePath(tree.find, parts.slice(0, wild).map(unescapeName).join('/'), o)
  return (await tree.find(folder, o)) === undefined
}

async function matchPart(tree: Tree, folders: readonly string[], part: string, o: Waiting): Promise<readonly string[]> {
  if (!hasWildcards(part)) return folders.map((folder) => joinPath(folder, unescapeName(part)))
  const matches: string[] = []
  for (const folder of folders) {
    const real = await resolvePath(tree.find, folder, o)
    for (const name of (await tree.list(real, o)).keys()) if (matchName(part, name)) matches.push(joinPath(folder, name))
  }
  return matches
}

async function allBelow(tree: Tree, folders: readonly string[], o: Waiting): Promise<readonly string[]> {
  const all: string[] = []
  const visit = async (folder: string): Promise<void> => {
    all.push(folder)
    for (const [name, node] of await tree.list(folder, o)) if (node.kind === 'dir') await visit(joinPath(folder, name))
  }
  for (const folder of folders) await visit(folder)
  return all
}
