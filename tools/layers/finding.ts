/** What a rule complains about. */
import type { LayerMap } from './map.ts'
import type { Tree, TreeFile } from './tree.ts'

export interface Finding {
  readonly rule: string
  readonly file: string
  readonly line: number
  readonly message: string
  /** The wrongly imported file or module, when the complaint is about an import. */
  readonly target?: string
}

/** Rules look at one file at a time; the tree is there to look around. */
export type Rule = (file: TreeFile, o: { readonly map: LayerMap; readonly tree: Tree }) => readonly Omit<Finding, 'rule' | 'file'>[]
