/** The mounts of one RUN: taken hold of while the machine's files are still in sight, put in place when they no longer are. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { call, type Step, slot } from './machine/step.ts'
import { errno } from './machine/system-calls.ts'
import { type OverlayPlan, overlaySteps, prepareOverlay } from './overlay-options.ts'
import type { SandboxJob, SandboxMount } from './sandbox.ts'

const here = -100
const cloneTree = 0x80001 | 0x8000
const emptyPath = 4
const noFollowLast = 0x100
const writeNew = 0o301
const remountReadOnly = 0x1 | 0x20 | 0x1000
const anEmptyPath = 0x1000
const noDevices = 4n
/** A tmpfs of the run: contents of `file` mounts never touch a disk. */
const memory = 'memory'

type Plan = Omit<OverlayPlan, 'suffix'> & { readonly anyDevice: boolean }

export function prepareMounts({ folder, mounts }: Pick<SandboxJob, 'folder' | 'mounts'>, rights: Plan): readonly Step[] {
  const files = mounts.some((mount) => mount.kind === 'file')
  if (files) mkdirSync(join(folder, memory), { recursive: true })
  return [
    ...(files ? [call('mount', ['tmpfs', memory, 'tmpfs', 6, 'mode=755'], 'mount memory for files')] : []),
    ...mounts.flatMap((mount, i) => prepare(mount, i, { folder, ...rights })),
  ]
}

function prepare(mount: SandboxMount, i: number, o: Plan & { readonly folder: string }): readonly Step[] {
  const what = `take hold of ${mount.target}`
  const hold = (path: string): Step => call('open_tree', [here, path, cloneTree | noFollowLast], what, { save: `mount ${i}` })
  switch (mount.kind) {
    case 'file':
      return [...writeFile(`${memory}/${i}`, mount, i), hold(`${memory}/${i}`)]
    case 'stack': {
      const overlay = prepareOverlay(o.folder, mount.stack, { suffix: String(i), machineRoot: o.machineRoot, loops: o.loops })
      const steps = overlaySteps(o.folder, overlay, { suffix: String(i), what: `mount what ${mount.target} shows`, anyDevice: o.anyDevice })
      return [...steps, hold(`merged${i}/${mount.source}`)]
    }
    case 'folder':
      return [hold(mount.source), ...(o.anyDevice || !o.machineRoot ? [] : [withoutDevices(i, what)])]
    case 'socket':
      return [hold(mount.source)]
    case 'tmpfs':
      return []
  }
}

/** Otherwise root could make a device there, and open it. Who is root in a user namespace only cannot. */
function withoutDevices(i: number, what: string): Step {
  const attributes = Buffer.alloc(32)
  attributes.writeBigUInt64LE(noDevices, 0)
  return call('mount_setattr', [slot(`mount ${i}`), '', anEmptyPath, attributes, attributes.length], what)
}

function writeFile(path: string, file: Extract<SandboxMount, { kind: 'file' }>, i: number): readonly Step[] {
  const fd = `file ${i}`
  return [
    call('openat', [here, path, writeNew, file.mode], 'write a file in memory', { save: fd }),
    call('write', [slot(fd), file.content, file.content.length], 'write a file in memory'),
    call('fchown', [slot(fd), file.uid, file.gid], 'give a file to its user', { tolerate: [errno.EINVAL] }),
    call('close', [slot(fd)], 'close a file in memory'),
  ]
}

export function placeMounts(mounts: readonly SandboxMount[]): readonly Step[] {
  return mounts.flatMap((mount, i) => [...standIn(mount), ...placed(mount, i)])
}

function placed(mount: SandboxMount, i: number): readonly Step[] {
  const what = `mount ${mount.target}`
  if (mount.kind === 'tmpfs') {
    return [call('mount', ['tmpfs', mount.target, 'tmpfs', 0xe, mount.size === undefined ? 0 : `size=${mount.size}`], what)]
  }
  const move = call('move_mount', [slot(`mount ${i}`), '', here, mount.target, emptyPath], what)
  const readOnly = mount.kind === 'folder' || mount.kind === 'stack' ? mount.readOnly : mount.kind === 'file'
  return readOnly ? [move, call('mount', [0, mount.target, 0, remountReadOnly | lockedFlags(mount), 0], `${what} read-only`)] : [move]
}

/** A remount has to repeat these. */
function lockedFlags(mount: SandboxMount): number {
  return mount.kind === 'file' ? 6 : 0
}

/** Something to mount on, where there is nothing. */
function standIn(mount: SandboxMount): readonly Step[] {
  const parts = mount.target.split('/').filter((part) => part !== '')
  const tolerate = [errno.EEXIST, errno.EROFS]
  const isFile = mount.kind === 'file' || mount.kind === 'socket' || (mount.kind === 'stack' && mount.isFile)
  return parts.map((_, i) => {
    const path = `/${parts.slice(0, i + 1).join('/')}`
    if (isFile && i === parts.length - 1) return call('mknodat', [here, path, 0o100644, 0], `make ${path}`, { tolerate })
    return call('mkdirat', [here, path, 0o755], `make ${path}`, { tolerate })
  })
}
