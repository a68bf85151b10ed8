/** The packages below a folder of this machine, by the same records as in images. Links are not followed. */
import { createReadStream } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { problem } from '../../../base/problem.ts'
import type { Scanning } from '../../../ports/scanner.ts'
import type { PlacedRecord } from '../../../scan/read/image-records.ts'
import { contentsOf, type ImageContents } from '../../../scan/read/inventory.ts'
import { recordOf } from '../../../scan/read/layer-delta.ts'
import { scannerName } from './names.ts'

export async function readFolder(folder: string, o: Scanning): Promise<ImageContents> {
  const records = new Map<string, PlacedRecord>()
  const waiting = ['']
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for await (const entry of await openFolder(join(folder, at))) {
      o.signal.throwIfAborted()
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory()) waiting.push(path)
      if (!entry.isFile()) continue
      const { mode, size } = await lstat(join(folder, path))
      const found = await recordOf(path, { mode, size, body: () => createReadStream(join(folder, path), { signal: o.signal }) })
      if (found !== undefined) records.set(path, { found, layer: '' })
    }
  }
  const contents = contentsOf(records)
  return { ...contents, packages: contents.packages.map((one) => ({ ...one, locations: one.locations.map(({ path }) => ({ path })) })) }
}

async function openFolder(path: string) {
  try {
    return await opendir(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw problem('SCAN_TARGET_REFUSED', { scanner: scannerName, target: path, reason }, { cause })
  }
}
