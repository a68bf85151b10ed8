/** Looks into a stack of layers the way the kernel's overlay does: the topmost wins, white-outs and opaque directories hide. */
import type { Owner, Owners } from '../exec/keeper/owners.ts'
import type { Lower } from '../exec/sandbox.ts'
import { parentOf, type TreeNode } from '../tree/node.ts'

/** One layer in overlay form, as far as it can be told without mounting it. */
export interface StackLayer {
  readonly lower: Lower
  /** Of files that could be given to nobody. */
  readonly owners?: Owners
  /** Links are not followed. */
  node(path: string): TreeNode | 'whiteout' | undefined
  /** Names in a directory, and whether each is a white-out; none in what is no directory. */
  names(path: string): readonly (readonly [string, boolean])[]
  isOpaque(path: string): boolean
}

/** Topmost first. */
export type LayerStack = readonly StackLayer[]

export function lookUp(layers: LayerStack, path: string): TreeNode | undefined {
  for (const layer of layers) {
    const node = layer.node(path)
    if (node !== undefined) return node === 'whiteout' ? undefined : node
    if (hides(layer, path)) return undefined
  }
  return undefined
}

/** Of what can have no attribute that says it: links, pipes, devices. */
export function ownersOfSpecial(layers: LayerStack): Owners {
  const found = new Map<string, Owner>()
  for (const path of new Set(layers.flatMap(({ owners }) => [...(owners?.keys() ?? [])]))) {
    const node = lookUp(layers, path)
    if (node !== undefined && node.kind !== 'file' && node.kind !== 'dir') found.set(path, { uid: node.uid, gid: node.gid })
  }
  return found
}

/** Names that a directory shows. */
export function namesIn(layers: LayerStack, path: string): ReadonlySet<string> {
  const shown = new Set<string>()
  const hidden = new Set<string>()
  for (const layer of layers) {
    const node = path === '' ? undefined : layer.node(path)
    if (node !== undefined && (node === 'whiteout' || node.kind !== 'dir')) break
    for (const [name, gone] of layer.names(path)) {
      if (shown.has(name) || hidden.has(name)) continue
      if (gone) hidden.add(name)
      else shown.add(name)
    }
    if (node !== undefined && layer.isOpaque(path)) break
    if (hides(layer, path)) break
  }
  return shown
}

/** The layer ends the search: a directory above the path is opaque in it, or is no directory there. */
function hides(layer: StackLayer, path: string): boolean {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
    const node = layer.node(above)
    if (node !== undefined && (node === 'whiteout' || node.kind !== 'dir' || layer.isOpaque(above))) return true
  }
  return false
}
