/** Extended attributes, devices and exact times, as system calls on paths below the current folder. */
import { addressOf, type CallStep, call, type Step, slot } from './machine/step.ts'
import { errno } from './machine/system-calls.ts'
import type { FinishingWork } from './sandbox.ts'

const here = -100
const noFollow = 0x100
const room = { kind: 'room', bytes: 65536 } as const

/** For each path the length of its list of names, or a negative error, and then the list. */
export function readNames(paths: readonly string[]): readonly Step[] {
  return paths.flatMap((path) => answer(call('llistxattr', [path, room, room.bytes], 'list attributes', { save: 'length', tolerate: 'any' })))
}

export function readValues(named: readonly Named[]): readonly Step[] {
  return named.flatMap(({ path, name }) => answer(call('lgetxattr', [path, name, room, room.bytes], 'read an attribute', { save: 'length', tolerate: 'any' })))
}

function answer(step: Step): readonly Step[] {
  return [step, writeLength, writeAnswer]
}

/** The same steps for every path: their code is made once. What is cut short is seen when it is read. */
const writeLength = call('write', [1, addressOf('length'), 8], 'write a length', { tolerate: 'any' })
const writeAnswer = call('write', [1, room, slot('length')], 'write an answer', { tolerate: 'any' })

export interface Named {
  readonly path: string
  readonly name: string
}

/** What SELinux and the like say is the machine's business, not the image's. */
const foreign = /^(?:security\.(?:selinux|ima|evm|apparmor)|system\.)/

export function parseNames(paths: readonly string[], output: Buffer): readonly Named[] {
  return answers(output, paths.length).flatMap((list, i) => {
    const names = (list?.toString('utf8') ?? '').split('\0').filter((name) => name !== '' && !foreign.test(name))
    return names.map((name) => ({ path: paths[i] ?? '', name }))
  })
}

export function parseValues(named: readonly Named[], output: Buffer): ReadonlyMap<string, ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Map<string, Buffer>>()
  for (const [i, value] of answers(output, named.length).entries()) {
    const one = named[i]
    if (value === undefined || one === undefined) continue
    found.set(one.path, (found.get(one.path) ?? new Map()).set(one.name, value))
  }
  return found
}

function answers(output: Buffer, count: number): readonly (Buffer | undefined)[] {
  let at = 0
  return Array.from({ length: count }, () => {
    if (at + 8 > output.length) throw new Error('answers about attributes are cut short')
    const length = Number(output.readBigInt64LE(at))
    at += 8
    if (length < 0) return undefined
    at += length
    if (at > output.length) throw new Error('an answer about attributes is cut short')
    return Buffer.from(output.subarray(at - length, at))
  })
}

/** A user namespace has no devices: white-outs are allowed all the same, others are left out. */
export function finishingSteps(work: readonly FinishingWork[], o: { readonly machineRoot: boolean }): readonly Step[] {
  const device = o.machineRoot ? {} : { tolerate: [errno.EPERM, errno.ENOENT] }
  return work.map((one) => finishingStep(one, device))
}

function finishingStep(one: FinishingWork, device: Pick<CallStep, 'tolerate'>): Step {
  switch (one.kind) {
    case 'device':
      return call('mknodat', [here, one.path, fileTypes[one.type] | one.mode, deviceNumber(one)], `make the device /${one.path}`, device)
    case 'owner':
      return call('fchownat', [here, one.path, one.uid, one.gid, noFollow], `set the owner of /${one.path}`, device)
    case 'attribute':
      return call('lsetxattr', [one.path, one.name, one.value, one.value.length, 0], `set ${one.name} of /${one.path}`, {
        tolerate: [errno.EOPNOTSUPP, errno.EPERM],
      })
    case 'time':
      return call('utimensat', [here, one.path, times(one.mtimeNs), noFollow], `set the time of /${one.path}`, device)
  }
}

const fileTypes = { char: 0o020000, block: 0o060000, fifo: 0o010000 } as const

function deviceNumber({ major, minor }: { readonly major: number; readonly minor: number }): number {
  return (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12)
}

function times(mtimeNs: bigint): Uint8Array {
  const second = 1_000_000_000n
  const rest = ((mtimeNs % second) + second) % second
  const bytes = Buffer.alloc(32)
  for (const at of [0, 16]) {
    bytes.writeBigInt64LE((mtimeNs - rest) / second, at)
    bytes.writeBigInt64LE(rest, at + 8)
  }
  return bytes
}
