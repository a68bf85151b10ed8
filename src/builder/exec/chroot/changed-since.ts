/** What a command changed in a folder, told by the files' times of change, which no command can set; written in overlay form. */
import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { nodeOf } from '../../rootfs/file-node.ts'
import { folderWriter } from '../../rootfs/folder-writer.ts'
import { parentOf } from '../../tree/node.ts'
import type { Sandbox, Scratch } from '../sandbox.ts'
import { type Skip, walk } from './stack-into.ts'

export type Before = ReadonlyMap<string, BigIntStats>

/** Nothing has changed yet. `skip`: paths that are none of the image's. */
export function lookBefore(root: string, skip: Skip): Before {
  return new Map([...walk(root, '', skip)].map(({ path, stats }) => [path, stats]))
}

interface Changing extends Scratch {
  readonly skip: Skip
  /** Folders in which something was put for the command: their times are new, as if something had been mounted there. */
  readonly touched: readonly string[]
}

/** `upper` gets what is new or changed, and a white-out for what is gone. */
export async function writeChanges(root: string, before: Before, upper: string, sandbox: Sandbox, o: Changing): Promise<void> {
  const after = new Map([...walk(root, '', o.skip)].map(({ path, stats }) => [path, stats]))
  const changed = new Set<string>()
  for (const [path, stats] of after) {
    const was = before.get(path)
    if (was !== undefined && was.ino === stats.ino && was.ctimeNs === stats.ctimeNs && was.mode === stats.mode) continue
    changed.add(path)
  }
  const gone = [...before.keys()].filter((path) => !after.has(path) && (parentOf(path) === '' || after.get(parentOf(path))?.isDirectory() === true))
  const needed = new Set([...changed, ...gone.flatMap(foldersAbove)])
  for (const path of o.touched) if (path !== '' && after.get(path)?.isDirectory() === true) needed.add(path)
  for (const path of [...changed, ...o.touched]) for (const above of foldersAbove(path)) needed.add(above)
  const order = [...after.keys()].filter((path) => needed.has(path))
  const asked = order.filter((path) => after.get(path)?.isFile() === true || after.get(path)?.isDirectory() === true)
  const attributes = await sandbox.attributes(root, asked, o)
  const writer = folderWriter(upper, sandbox, o)
  const first = new Map<string, string>()
  for (const path of order) {
    const stats = after.get(path)
    const node = stats && nodeOf(join(root, path), stats, { content: join(root, path), attributes: attributes.get(path) })
    if (node === undefined) continue
    // A directory where something else was hides all that lower layers have there.
    const was = before.get(path)
    const inode = node.kind === 'file' ? node.inode : undefined
    const earlier = inode === undefined ? undefined : first.get(inode)
    if (inode !== undefined && earlier === undefined) first.set(inode, path)
    if (earlier !== undefined && writer.link(path, earlier)) continue
    await writer.put(path, node)
    if (node.kind === 'dir' && was !== undefined && !was.isDirectory()) writer.makeOpaque(path)
  }
  for (const path of gone) writer.hide(path)
  await writer.end()
}

function foldersAbove(path: string): readonly string[] {
  const above = parentOf(path)
  return above === '' ? [] : [above, ...foldersAbove(above)]
}
