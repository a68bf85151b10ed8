/** What was found in layers, kept between scans: one small file for each layer on top of those below it. */
import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Instant } from '../../../base/clock.ts'
import { writeFileAtomically } from '../../../media/atomic-file.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import type { LayerDelta } from '../../../scan/read/layer-delta.ts'

export interface LayerMemory {
  get(key: string): Promise<LayerDelta | undefined>
  put(key: string, delta: LayerDelta): Promise<void>
}

/** Raised when readers find more, or other things, in the same layer. */
const version = 1

/** What is gone or new in a layer depends on those below, so the key names them too: digests of what was read, the lowest first. */
export function layerKey(digests: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([version, ...digests]))
    .digest('hex')
}

/** About a hundred images. */
const mostFiles = 1000

export function layerMemory(dir: string, o: { readonly now: () => Instant }): LayerMemory {
  const pathOf = (key: string): string => join(dir, `${key}.json`)
  return {
    async get(key) {
      const path = pathOf(key)
      const text = await ifPresent(readFile(path, 'utf8'))
      const delta = text === undefined ? undefined : parse(text)
      const seconds = o.now() / 1000
      if (delta !== undefined) await ifPresent(utimes(path, seconds, seconds))
      return delta
    },
    async put(key, delta) {
      await writeFileAtomically(pathOf(key), JSON.stringify({ version, delta }), { durability: 'fast' })
      await forgetOldest(dir)
    },
  }
}

/** Undefined for what is damaged: the layer is read again. */
function parse(text: string): LayerDelta | undefined {
  try {
    const { version: made, delta } = JSON.parse(text) as { version: number; delta: LayerDelta }
    return made === version && Array.isArray(delta.found) && Array.isArray(delta.gone) && Array.isArray(delta.emptied) ? delta : undefined
  } catch {
    return undefined
  }
}

async function forgetOldest(dir: string): Promise<void> {
  const names = await readdir(dir)
  if (names.length <= mostFiles) return
  const dated = await Promise.all(names.map(async (name) => ({ name, usedMs: (await ifPresent(stat(join(dir, name))))?.mtimeMs ?? 0 })))
  dated.sort((a, b) => a.usedMs - b.usedMs)
  for (const { name } of dated.slice(0, mostFiles / 10)) await rm(join(dir, name), { force: true })
}
