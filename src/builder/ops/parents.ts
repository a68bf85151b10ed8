/** COPY --parents: the path of each source is kept below the destination, from the "/./" of the pattern on if it has one. */
import type { CopyOp } from '../lower/op.ts'
import { makeFolders } from '../tree/make-folders.ts'
import { joinPath } from '../tree/node.ts'
import type { CopyWorld } from './copy.ts'
import { folderOptions } from './folder-options.ts'
import { adjusted, type Placing, place } from './place.ts'
import type { Found } from './sources.ts'

export async function placeWithParents(op: CopyOp, world: CopyWorld, placing: Placing, o: { readonly found: Found; readonly pivot: string }): Promise<void> {
  const skipped = partsBeforePivot(o.pivot)
  const parts = o.found.path.split('/')
  const kept = parts.slice(skipped)
  let to = await makeFolders(world.tree, op.dest.replace(/^\/+|\/+$/g, ''), folderOptions(op, world, placing))
  for (let i = 0; i < kept.length - 1; i++) {
    to = joinPath(to, kept[i] ?? '')
    const original = await world.source.find(parts.slice(0, skipped + i + 1).join('/'), world)
    if (original?.kind === 'dir' && (await world.tree.peek(to, world)) === undefined) world.tree.put(to, adjusted(placing, original))
  }
  await place(placing, o.found.real, o.found.node, joinPath(to, kept.at(-1) ?? ''))
}

function partsBeforePivot(pattern: string): number {
  const at = pattern.indexOf('/./')
  return at < 0
    ? 0
    : pattern
        .slice(0, at)
        .split('/')
        .filter((part) => part !== '' && part !== '.').length
}
