/** Mounts an EROFS image: straight from its file (Linux 6.12 and newer), or through a loop device that goes away with the mount. */
import { readdirSync } from 'node:fs'
import { call, type Step, slot } from './machine/step.ts'
import { errno } from './machine/system-calls.ts'

/** Numbers of loop devices that nobody uses; taken as they are needed. */
export type LoopNumbers = Iterator<number, undefined>

export const mountImage = 'mount a layer'
export const attachLoop = 'attach a loop device'

const here = -100
const readOnly = 1
const closeOnExec = 0x80000
const addDevice = 0x4c80
const configure = 0x4c0a
/** Descriptors cannot be written into a structure while the program runs, so the file gets one that is known before. */
const imageDescriptor = 100

export function imageSteps(file: string, at: string, loops: LoopNumbers | undefined): readonly Step[] {
  const number = loops?.next().value
  if (number === undefined) return [call('mount', [file, at, 'erofs', readOnly, 0], mountImage)]
  const device = `/dev/loop${number}`
  return [
    call('openat', [here, '/dev/loop-control', 2 | closeOnExec, 0], 'open the control of loop devices', { save: 'loop control' }),
    call('ioctl', [slot('loop control'), addDevice, number], 'make a loop device', { tolerate: [errno.EEXIST] }),
    call('close', [slot('loop control')], 'close the control of loop devices'),
    call('openat', [here, device, closeOnExec, 0], `open ${device}`, { save: 'loop' }),
    call('openat', [here, file, closeOnExec, 0], 'open a layer', { save: 'layer' }),
    call('dup3', [slot('layer'), imageDescriptor, closeOnExec], 'open a layer'),
    call('ioctl', [slot('loop'), configure, loopConfig()], attachLoop),
    call('mount', [device, at, 'erofs', readOnly, 0], mountImage),
    ...['loop', 'layer'].map((name) => call('close', [slot(name)], 'close a layer')),
    call('close', [imageDescriptor], 'close a layer'),
  ]
}

/** struct loop_config: descriptor, block size, flags: read-only, and gone with its last user. */
function loopConfig(): Buffer {
  const bytes = Buffer.alloc(304)
  bytes.writeUInt32LE(imageDescriptor, 0)
  bytes.writeUInt32LE(512, 4)
  bytes.writeUInt32LE(1 | 4, 8 + 52)
  return bytes
}

/** From a place of its own on, so that builders side by side seldom meet: one that comes too late hears EBUSY and tries others. */
export function* freeLoops(start: number): Generator<number, undefined> {
  for (let number = start; ; number++) {
    if (!isUsed(number)) yield number
  }
}

function isUsed(number: number): boolean {
  try {
    return readdirSync(`/sys/block/loop${number}/loop`).length > 0
  } catch {
    return false
  }
}
