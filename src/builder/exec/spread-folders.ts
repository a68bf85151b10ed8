/**
 * Asks ext4 to spread what is made below a folder over the disk, instead of beside it. ext4 does not reuse an inode for a minute or more after
 * a deletion, and looks at all the deleted ones nearby for each new file: a RUN that writes 20,000 files right after as many were removed, by
 * an earlier build or a collection, would take four times as long.
 */
import { mkdirSync, statfsSync } from 'node:fs'
import { arch } from 'node:os'
import type { Waiting } from '../tree/node.ts'
import { cpuOf, launch } from './machine/launch.ts'
import { addressOf, call, type Step, slot } from './machine/step.ts'

const ext4 = 0xef53
const getFlags = 0x80086601
const setFlags = 0x40086602
const topOfTrees = 0x20000
const here = -100
const onlyFolders = 0o200000

/** Makes the folder. Where it was there already, or is on another file system, nothing is asked; where the answer is no, it stays as it is. */
export async function spreadFolders(folder: string, scratch: string, o: Waiting): Promise<void> {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 })
  const cpu = cpuOf(arch())
  if (made === undefined || cpu === undefined || statfsSync(folder).type !== ext4) return
  const open = call('openat', [here, folder, onlyFolders, 0], `open ${folder}`, { save: 'folder' })
  const asked = await launch([open, call('ioctl', [slot('folder'), getFlags, addressOf('flags')], 'read flags'), say('flags')], cpu, {
    ...o,
    folder: scratch,
    collect: true,
  })
  if (asked.kind !== 'ended' || asked.output.length < 8) return
  const flags = Buffer.alloc(8)
  flags.writeUInt32LE((asked.output.readUInt32LE(0) | topOfTrees) >>> 0)
  await launch([open, call('ioctl', [slot('folder'), setFlags, flags], 'set flags', { tolerate: 'any' })], cpu, { ...o, folder: scratch })
}

function say(name: string): Step {
  return call('write', [1, addressOf(name), 8], 'tell flags')
}
