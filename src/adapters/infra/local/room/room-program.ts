/**
 * The program that starts the plain steps of a stage, as it is asked to: for each one namespaces of its own, a root folder in which /harness
 * is the workspace, and then the step. When the step's first process ends, the kernel ends all others of it.
 */
import { addressOf, call, reportDescriptor, type Step, slot } from '../../../../builder/exec/machine/step.ts'
import { errno } from '../../../../builder/exec/machine/system-calls.ts'
import { addressOn, boardAt, boardBytes, headBytes, reportBytes } from './start-request.ts'

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
const setFlags = 2
const closeOnExecute = 1
const writeOnly = 1
const readAndWrite = 3
const ownAndFixed = 0x32
const waitForAll = 0x100
const doNotWait = 1

/** Requests come here. */
export const requestDescriptor = 4

/**
 *      asked -> starter -+-> keeper -+-> first, which every process without a parent belongs to
 *                        |           +-> step
 *                        +-> keeper ...
 *
 * Each dies with the one to its left, and the starter with us.
 */
export function roomSteps(plan: RoomPlan): readonly Step[] {
  return [
    call('mmap', [boardAt, boardBytes, readAndWrite, ownAndFixed, -1, 0], 'get memory'),
    dieWithParent,
    call('fcntl', [reportDescriptor, setFlags, closeOnExecute], 'keep the report to itself'),
    { kind: 'label', label: 'next' },
    call('wait4', [-1, 0, doNotWait, 0], 'collect who ended', { save: 'gone', orElse: { to: 'listen', report: false } }),
    { kind: 'jump if zero', slot: 'gone', to: 'listen' },
    { kind: 'jump if zero', slot: 'nothing', to: 'next' },
    { kind: 'label', label: 'listen' },
    call('recvfrom', [requestDescriptor, boardAt, headBytes, waitForAll, 0, 0], 'hear of a step', { save: 'heard' }),
    { kind: 'jump if zero', slot: 'heard', to: 'over' },
    call('recvfrom', [requestDescriptor, boardAt + headBytes, slot('length'), waitForAll, 0, 0], 'hear all of it', { save: 'heard' }),
    { kind: 'jump if zero', slot: 'heard', to: 'over' },
    call('clone', [childFlags, 0, 0, 0, 0], 'start a process', { save: 'keeper', orElse: { to: 'next', report: true } }),
    { kind: 'jump if zero', slot: 'keeper', to: 'keeper' },
    { kind: 'jump if zero', slot: 'nothing', to: 'next' },
    { kind: 'label', label: 'over' },
    call('wait4', [-1, 0, 0, 0], 'wait until all have ended', { orElse: { to: 'end', report: false } }),
    { kind: 'jump if zero', slot: 'nothing', to: 'over' },
    { kind: 'label', label: 'end' },
    call('exit_group', [0], 'end'),
    { kind: 'label', label: 'keeper' },
    ...keeperSteps(plan),
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

/**
 * It lives as long as its step, and tells of it. It holds the step's errors open so long: when they end and nothing was told, then it was
 * killed.
 */
function keeperSteps(plan: RoomPlan): readonly Step[] {
  return [
    dieWithParent,
    call('openat', [here, slot('out'), writeOnly, 0], 'open the output', { save: 'file' }),
    call('dup3', [slot('file'), 1, 0], 'take the output'),
    call('openat', [here, slot('err'), writeOnly, 0], 'open the errors', { save: 'file' }),
    call('dup3', [slot('file'), 2, 0], 'take the errors'),
    call('close_range', [requestDescriptor, 0xffffffff, 0], 'leave the requests'),
    ...(plan.person === undefined ? [] : userSteps(plan.person)),
    call('unshare', [newMount | newPid], 'make namespaces'),
    call('clone', [childFlags, 0, 0, 0, 0], 'start the first process', { save: 'first' }),
    { kind: 'jump if zero', slot: 'first', to: 'first' },
    call('clone', [childFlags, 0, 0, 0, 0], 'start the step', { save: 'step' }),
    { kind: 'jump if zero', slot: 'step', to: 'step' },
    call('close_range', [0, 1, 0], 'leave the output to the step'),
    call('write', [reportDescriptor, addressOn('process mark'), reportBytes], 'report the process'),
    call('wait4', [slot('step'), addressOf('status'), 0, 0], 'wait for the step'),
    // Takes everything else in the namespace along, and waits until it is gone.
    call('kill', [slot('first'), signalKill], 'end the namespace', { tolerate: 'any' }),
    call('wait4', [slot('first'), 0, 0, 0], 'wait for the end of the namespace', { tolerate: 'any' }),
    call('write', [reportDescriptor, addressOn('end mark'), reportBytes], 'report the end'),
    call('exit_group', [0], 'end'),
  ]
}

/** It does nothing but be the parent of processes that lost theirs, and forget them when they end. */
function firstSteps(): readonly Step[] {
  const ignoring = Buffer.alloc(32)
  ignoring.writeUInt8(1)
  return [
    dieWithParent,
    call('rt_sigaction', [signalChild, ignoring, 0, 8], 'forget children'),
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
