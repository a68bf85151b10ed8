/** The real tree obeys layers.json and the house rules. */
import { describe, expect, it } from 'vitest'
import { root } from '../support/root.ts'
import { checkLayers, showFinding, sizes } from './check.ts'
import { readLayerMap } from './map.ts'
import { readTree } from './tree.ts'

describe('this repository', () => {
  const tree = readTree(root)

  it('imports down only and keeps the house rules', () => {
    expect(checkLayers(readLayerMap(root), tree).map((finding) => showFinding(tree, finding))).toEqual([])
  })

  it('keeps its median file under 100 lines', () => {
    expect(sizes(tree).median).toBeLessThan(100)
  })
})
