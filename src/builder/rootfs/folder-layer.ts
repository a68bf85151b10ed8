/** A layer that lies in a folder in overlay form. */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { joinPath } from '../tree/node.ts'
import type { AboutSnapshot } from './about-snapshot.ts'
import { nodeOf } from './file-node.ts'
import type { StackLayer } from './stack-lookup.ts'

export function isWhiteout(stats: BigIntStats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n
}

export function folderLayer(folder: string, about: AboutSnapshot): StackLayer {
  const opaque = new Set(about.opaque)
  const statOf = (path: string): BigIntStats | undefined => {
    try {
      return lstatSync(join(folder, path), { bigint: true, throwIfNoEntry: false })
    } catch {
      // ENOTDIR: something else is where a directory would have to be.
      return undefined
    }
  }
  return {
    lower: { kind: 'folder', folder },
    ...(about.owners !== undefined && { owners: about.owners }),
    isOpaque: (path) => opaque.has(path),
    node(path) {
      const stats = statOf(path)
      if (stats === undefined) return undefined
      if (isWhiteout(stats)) return 'whiteout'
      const file = join(folder, path)
      return nodeOf(file, stats, { content: file, attributes: about.attributes.get(path), owner: about.owners?.get(path) })
    },
    names(path) {
      if (statOf(path)?.isDirectory() !== true) return []
      return readdirSync(join(folder, path), { withFileTypes: true }).map((entry) => {
        const stats = entry.isCharacterDevice() ? statOf(joinPath(path, entry.name)) : undefined
        return [entry.name, stats !== undefined && isWhiteout(stats)] as const
      })
    },
  }
}
