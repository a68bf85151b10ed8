/** Runs every rule over the tree. The rules are a table: name to function. */
import { chainTo } from './chain.ts'
import type { Finding, Rule } from './finding.ts'
import type { LayerMap } from './map.ts'
import { direction } from './rules/direction.ts'
import { listed, outside } from './rules/outside.ts'
import { page } from './rules/page.ts'
import { purity, worldlyGlobals } from './rules/purity.ts'
import { size } from './rules/size.ts'
import { testHabits } from './rules/tests.ts'
import type { Tree } from './tree.ts'

const rules = { direction, purity, 'worldly-globals': worldlyGlobals, outside, listed, page, size, 'test-habits': testHabits } satisfies Record<string, Rule>

export function checkLayers(map: LayerMap, tree: Tree): readonly Finding[] {
  return [...tree.values()].flatMap((file) =>
    Object.entries(rules).flatMap(([rule, judge]) => judge(file, { map, tree }).map((finding) => ({ ...finding, rule, file: file.path }))),
  )
}

/** Two lines: the place and the rule, then the chain by which the wrong import is reached. */
export function showFinding(tree: Tree, finding: Finding): string {
  const head = `${finding.file}:${finding.line}: ${finding.message} [${finding.rule}]`
  return finding.target === undefined ? head : `${head}\n  ${[...chainTo(tree, finding.file), finding.target].join(' -> ')}`
}

export interface Sizes {
  readonly files: number
  readonly median: number
  readonly longest: { readonly path: string; readonly lines: number }
}

/** Source files only, tests left out. */
export function sizes(tree: Tree): Sizes {
  const files = [...tree.values()].filter((file) => file.path.startsWith('src/') && !file.isTest).sort((a, b) => a.lines - b.lines)
  const last = files.at(-1)
  return { files: files.length, median: files[files.length >> 1]?.lines ?? 0, longest: { path: last?.path ?? 'none', lines: last?.lines ?? 0 } }
}
