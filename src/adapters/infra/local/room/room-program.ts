/**
 * The program that every plain step of a stage is started by: namespaces of its own, a root folder in which /harness is the workspace,
 * and then the step. When the step's first process ends, the kernel ends all others of it.
 */
import { addressOf, call, reportDescriptor, type Step, slot } from '../../../../builder/exec/machine/step.ts'
import { errno } from '../../../../builder/exec/machine/system-calls.ts'

export interface RoomPlan {
  /** The new root: a folder with an entry to mount on for each of `binds`, and for /proc. */
  readonly root: string
  /** From a path of this machine to a path of the new root. */
  readonly binds: readonly (readonly [from: string, to: string])[]
  readonly cwd: string
  /** Who is not root needs a user namespace, where he stays who he is. */
  readonly person: { readonly uid: number; readonly gid: number } | undefined
}

const here = -100
const deathSignal = 1
const signalKill = 9
const signalChild = 17
const childFlags = signalChild
const newMount = 0x20000
const newUser = 0x10000000
const newPid = 0x20000000
const privateTree = 0x44000
const bindTree = 0x5000
const processFlags = 2 | 4 | 8
const pipeSize = 1031

/** Report: the step's process id as eight bytes, its wait status as eight bytes; or a failure. */
export function roomSteps(plan: RoomPlan): readonly Step[] {
  return [
    { kind: 'take arguments' },
    dieWithParent,
    call('fcntl', [reportDescriptor, 2, 1], 'keep the report to itself'),
    ...(plan.person === undefined ? [] : userSteps(plan.person)),
    call('unshare', [newMount | newPid], 'make namespaces'),
    call('clone', [childFlags, 0, 0, 0, 0], 'start the first process', { save: 'first' }),
    { kind: 'jump if zero', slot: 'first', to: 'first' },
    call('clone', [childFlags, 0, 0, 0, 0], 'start the step', { save: 'step' }),
    { kind: 'jump if zero', slot: 'step', to: 'step' },
    call('close_range', [0, 2, 0], 'leave the output to the step'),
    call('write', [reportDescriptor, addressOf('step'), 8], 'report the process'),
    call('wait4', [slot('step'), addressOf('status'), 0, 0], 'wait for the step'),
    // Takes everything else in the namespace along, and waits until it is gone.
    call('kill', [slot('first'), signalKill], 'end the namespace', { tolerate: 'any' }),
    call('wait4', [slot('first'), 0, 0, 0], 'wait for the end of the namespace', { tolerate: 'any' }),
    call('write', [reportDescriptor, addressOf('status'), 8], 'report the end'),
    call('exit_group', [0], 'end'),
    { kind: 'label', label: 'first' },
    ...firstSteps(),
    { kind: 'label', label: 'step' },
    dieWithParent,
    call('setsid', [], 'start a session'),
    ...rootSteps(plan),
    call('execve', [slot('path'), slot('argv'), slot('envp')], 'execute'),
  ]
}

const dieWithParent = call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the parent')

/** It does nothing but be the parent of processes that lost theirs, and forget them when they end. */
function firstSteps(): readonly Step[] {
  const ignore = Buffer.alloc(32)
  ignore.writeUInt8(1)
  return [
    dieWithParent,
    call('rt_sigaction', [signalChild, ignore, 0, 8], 'forget children'),
    call('close_range', [0, 0xffffffff, 0], 'close everything'),
    call('ppoll', [0, 0, 0, 0, 0], 'wait', { tolerate: 'any' }),
    call('exit_group', [0], 'end'),
  ]
}

function userSteps({ uid, gid }: { readonly uid: number; readonly gid: number }): readonly Step[] {
  const write = (file: string, text: string): readonly Step[] => [
    call('openat', [here, `/proc/self/${file}`, 1, 0], `open ${file}`, { save: 'map' }),
    call('write', [slot('map'), Buffer.from(text), text.length], `write ${file}`),
    call('close', [slot('map')], `close ${file}`),
  ]
  return [
    call('unshare', [newUser], 'make a user namespace'),
    ...write('setgroups', 'deny'),
    ...write('uid_map', `${uid} ${uid} 1`),
    ...write('gid_map', `${gid} ${gid} 1`),
    dieWithParent,
  ]
}

function rootSteps({ root, binds, cwd }: RoomPlan): readonly Step[] {
  return [
    call('mount', [0, '/', 0, privateTree, 0], 'make mounts private'),
    call('mount', [root, root, 0, bindTree, 0], 'take the new root'),
    ...binds.map(([from, to]) => call('mount', [from, `${root}${to}`, 0, bindTree, 0], `show ${to}`)),
    call('mount', ['proc', `${root}/proc`, 'proc', processFlags, 0], 'mount /proc'),
    call('chdir', [root], 'enter the new root'),
    call('pivot_root', ['.', '.'], 'change the root'),
    call('umount2', ['.', 2], 'leave the old root'),
    call('chdir', [cwd], `enter ${cwd}`),
    call('fcntl', [1, pipeSize, 1 << 18], 'widen the output', { tolerate: [errno.EPERM, 9, errno.EINVAL, errno.EBUSY] }),
  ]
}
