/**
 * Where nothing can be mounted, the folder that was a command's root is kept for the next command of the build: that one begins there with what lies
 * above, instead of copying all that is below it again.
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { KeptRoots, Lower } from '../sandbox.ts'

/** A folder that is removed when its owner is gone. */
interface KeepingFolder {
  readonly folder: string
  end(): Promise<void>
}

interface Kept {
  readonly folder: string
  readonly layers: readonly string[]
  readonly place: KeepingFolder
}

/** Each takes as much room as what the command stood on. */
const most = 2

export function keptRoots(newFolder: () => Promise<KeepingFolder>): KeptRoots {
  let kept: readonly Kept[] = []
  const places = new Set<KeepingFolder>()
  const drop = async (place: KeepingFolder): Promise<void> => {
    places.delete(place)
    await place.end()
  }
  return {
    take(layers) {
      const names = layers.map(nameOf)
      const fits = kept.filter((one) => isEnd(names, one.layers)).sort((a, b) => b.layers.length - a.layers.length)
      const [best] = fits
      if (best === undefined) return undefined
      kept = kept.filter((one) => one !== best)
      return { folder: best.folder, above: layers.slice(0, layers.length - best.layers.length) }
    },
    async keep(folder, layers) {
      const place = await newFolder()
      places.add(place)
      const to = join(place.folder, 'root')
      renameSync(folder, to)
      kept = [...kept, { folder: to, layers: layers.map(nameOf), place }]
      const tooMany = kept.slice(0, -most)
      kept = kept.slice(-most)
      for (const { place: old } of tooMany) await drop(old)
    },
    async end() {
      kept = []
      for (const place of [...places]) await drop(place)
    },
  }
}

function nameOf(lower: Lower): string {
  return lower.kind === 'folder' ? lower.folder : lower.file
}

function isEnd(all: readonly string[], end: readonly string[]): boolean {
  return end.length <= all.length && end.every((name, i) => all[all.length - end.length + i] === name)
}
