/** The life of a RUN as system calls: new namespaces, the stacked root, what belongs into it, fewer rights, the command. */

import { capabilityData, capabilityHeader, droppedCapabilities } from './capabilities.ts'
import type { LoopNumbers } from './image-steps.ts'
import { keeperSteps, openKeeper, openLog } from './keeper/keep-owners.ts'
import { deviceSteps, kernelSteps, maskSteps, processFolder } from './kernel-mounts.ts'
import { addressOf, call, reportDescriptor, type Step, slot, texts } from './machine/step.ts'
import { errno } from './machine/system-calls.ts'
import { placeMounts, prepareMounts } from './mount-steps.ts'
import { overlaySteps, prepareOverlay } from './overlay-options.ts'
import type { SandboxJob } from './sandbox.ts'

export interface Rights {
  /** Root of the machine: may make devices. */
  readonly machineRoot: boolean
  /** More ids than one are mapped. */
  readonly manyIds: boolean
  /** Its root is root outside as well: of a container. */
  readonly outerRoot?: boolean
  /** Set where images are mounted through loop devices. */
  readonly loops?: LoopNumbers | undefined
}

const here = -100
const signalKill = 9
const deathSignal = 1
const dropBounding = 24
const cloneChild = 17
const newMount = 0x20000
const newUts = 0x4000000
const newIpc = 0x8000000
const newPid = 0x20000000
const newNet = 0x40000000
const newUser = 0x10000000
/** Made, written, closed by what is executed. */
const statusFlags = 0o2000101
export const fifoName = 'output'
/** Holds how a supervised command ended. */
export const statusName = 'status'

/** Where there is one id, users and owners of a RUN are kept by a program of ours. */
export function needsKeeper(job: SandboxJob, rights: Rights): boolean {
  return !rights.machineRoot && !rights.manyIds && job.process.supervised !== true
}

/** Makes the folders that the steps need. Report: the child's process id as eight bytes, its wait status as eight bytes when it has ended; or a failure. */
export function runSteps(job: SandboxJob, rights: Rights): readonly Step[] {
  return [...parentSteps(job, rights), { kind: 'label', label: 'child' }, ...childSteps(job, rights)]
}

/** The builder opens the other end of its pipe when it hears of the start. */
export function outputSteps({ output }: Pick<SandboxJob, 'output'>): readonly Step[] {
  const started = call('write', [reportDescriptor, 'started\n', 8], 'report the start')
  const to = (path: string, descriptors: readonly number[]): readonly Step[] => [
    call('openat', [here, path, 1, 0], 'open the output pipe', { save: 'output' }),
    ...descriptors.map((n) => call('dup3', [slot('output'), n, 0], 'connect the output')),
    call('close', [slot('output')], 'close the output pipe'),
  ]
  if (output !== undefined) return [started, ...to(output.out, [1]), ...to(output.err, [2])]
  return [call('mknodat', [here, fifoName, 0o010600, 0], 'make the output pipe'), started, ...to(fifoName, [1, 2])]
}

function parentSteps(job: SandboxJob, rights: Rights): readonly Step[] {
  const flags = cloneChild | newMount | newUts | newIpc | newPid | (job.process.network === 'none' ? newNet : 0)
  return [
    call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the builder'),
    call('fcntl', [reportDescriptor, 2, 1], 'keep the report to itself'),
    call('close_range', [reportDescriptor + 1, 0xffffffff, 0], 'close what else is open', { tolerate: 'any' }),
    call('umask', [0], 'set the file mode mask'),
    call('chdir', [job.folder], `enter ${job.folder}`),
    ...outputSteps(job),
    ...(needsKeeper(job, rights) ? openLog() : []),
    ...(job.process.supervised === true ? [call('openat', [here, statusName, statusFlags, 0o600], 'make a place for the end', { save: 'end' })] : []),
    call('clone', [flags >>> 0, 0, 0, 0, 0], 'start a process in new namespaces', { save: 'child' }),
    { kind: 'jump if zero', slot: 'child', to: 'child' },
    call('write', [reportDescriptor, addressOf('child'), 8], 'report the process'),
    call('wait4', [slot('child'), addressOf('status'), 0, 0], 'wait for the process'),
    call('write', [reportDescriptor, addressOf('status'), 8], 'report the end'),
    call('exit_group', [0], 'end'),
  ]
}

function childSteps(job: SandboxJob, rights: Rights): readonly Step[] {
  const hostName = job.process.hostName ?? 'buildkitsandbox'
  const anyDevice = job.process.privileged === true
  const ownNetwork = job.process.network === 'none'
  return [
    call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the parent'),
    call('setsid', [], 'start a session'),
    ...(needsKeeper(job, rights) ? openKeeper({ known: true }) : []),
    call('mount', [0, '/', 0, 0x44000, 0], 'make mounts private'),
    ...overlaySteps(job.folder, prepareOverlay(job.folder, job.lowers, { suffix: '', ...rights }), { suffix: '', what: 'mount the overlay', anyDevice }),
    ...prepareMounts(job, { ...rights, anyDevice }),
    ...kernelSteps('prepare', { ...rights, anyDevice, ownNetwork }),
    call('chdir', ['merged'], 'enter the root file system'),
    call('pivot_root', ['.', '.'], 'change the root'),
    // In a user namespace a new /proc is allowed only as long as another one is in sight.
    ...processFolder(rights),
    call('umount2', ['.', 2], 'leave the old root'),
    call('chdir', ['/'], 'enter the new root'),
    ...kernelSteps('place', { ...rights, anyDevice, ownNetwork }),
    ...deviceSteps(rights),
    ...(job.process.privileged === true ? [] : maskSteps()),
    ...placeMounts(job.mounts),
    ...(job.process.network === 'none' ? loopbackSteps() : []),
    call('sethostname', [hostName, Buffer.byteLength(hostName)], 'set the host name'),
    ...(job.process.supervised === true ? superviseSteps() : []),
    ...(needsKeeper(job, rights) ? keptSteps(job.process) : processSteps(job, rights)),
  ]
}

/** From here on there are two: one waits and tells how the other ended, which ends everything in the namespaces. */
function superviseSteps(): readonly Step[] {
  return [
    call('clone', [cloneChild, 0, 0, 0, 0], 'start the command', { save: 'command' }),
    { kind: 'jump if zero', slot: 'command', to: 'command' },
    call('close_range', [0, 2, 0], 'leave the output to the command'),
    call('wait4', [slot('command'), addressOf('command status'), 0, 0], 'wait for the command'),
    call('write', [slot('end'), addressOf('command status'), 8], 'tell how the command ended'),
    call('exit_group', [0], 'end'),
    { kind: 'label', label: 'command' },
    call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the parent'),
    call('setsid', [], 'start a session'),
  ]
}

/** socket, then SIOCSIFFLAGS with IFF_UP and IFF_RUNNING for "lo". */
function loopbackSteps(): readonly Step[] {
  const request = Buffer.alloc(40)
  request.write('lo', 0, 'latin1')
  request.writeUInt16LE(0x41, 16)
  return [
    call('socket', [2, 0x80002, 0], 'open a socket', { save: 'socket' }),
    call('ioctl', [slot('socket'), 0x8914, request], 'bring up loopback'),
    call('close', [slot('socket')], 'close a socket'),
  ]
}

function processSteps({ process: spec }: SandboxJob, rights: Rights): readonly Step[] {
  const groups = Buffer.alloc(Math.max(4 * spec.groups.length, 4))
  for (const [i, group] of spec.groups.entries()) groups.writeUInt32LE(group, 4 * i)
  return [
    ...folderSteps(spec.cwd, 'the working directory'),
    ...[1, 2].map((n) => call('fchown', [n, spec.uid, spec.gid], 'give the output to the user', { tolerate: 'any' })),
    ...(spec.privileged === true
      ? []
      : droppedCapabilities.map((n) => call('prctl', [dropBounding, n, 0, 0, 0], 'drop a capability', { tolerate: [errno.EINVAL] }))),
    ...(spec.supervised === true && !rights.manyIds && spec.uid !== 0
      ? [call('chdir', [spec.cwd], `enter ${spec.cwd}`), ...onlyIdSteps(spec)]
      : [
          call('setgroups', [spec.groups.length, groups], 'set the groups', rights.manyIds ? {} : { tolerate: [errno.EPERM] }),
          call('setresgid', [spec.gid, spec.gid, spec.gid], `become group ${spec.gid}`),
          call('chdir', [spec.cwd], `enter ${spec.cwd}`),
          ...(spec.privileged === true ? [] : [call('capset', [capabilityHeader, capabilityData], 'drop capabilities')]),
          call('setresuid', [spec.uid, spec.uid, spec.uid], `become user ${spec.uid}`),
        ]),
    call('umask', [0o022], 'set the file mode mask'),
    // Changing ids has cleared it.
    call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the parent'),
    ...execSteps(spec.args, spec.env),
  ]
}

/** The keeper gives rights away and becomes the user, as far as the command can tell. */
function keptSteps(spec: SandboxJob['process']): readonly Step[] {
  return [
    ...folderSteps(spec.cwd, 'the working directory'),
    call('chdir', [spec.cwd], `enter ${spec.cwd}`),
    call('umask', [0o022], 'set the file mode mask'),
    ...keeperSteps(spec, candidatesOf(spec.args, spec.env)),
  ]
}

/** The one id that there is gets the name that is asked for, in a user namespace of the command's own: all files are that user's then. */
function onlyIdSteps({ uid, gid }: SandboxJob['process']): readonly Step[] {
  const write = (file: string, text: string): readonly Step[] => [
    call('openat', [here, `/proc/self/${file}`, 1, 0], `open ${file}`, { save: 'map' }),
    call('write', [slot('map'), Buffer.from(text), text.length], `become user ${uid}`),
    call('close', [slot('map')], `close ${file}`),
  ]
  return [
    call('unshare', [newUser], 'make a user namespace for the command'),
    ...write('setgroups', 'deny'),
    ...write('uid_map', `${uid} 0 1`),
    ...write('gid_map', `${gid} 0 1`),
  ]
}

/** As a shell finds programs: through PATH, unless the name has a slash. */
export function candidatesOf([name = '']: readonly string[], env: readonly string[]): readonly string[] {
  if (name.includes('/') || name === '') return [name]
  const path = env.find((line) => line.startsWith('PATH='))?.slice(5) ?? ''
  return path.split(':').map((folder) => `${folder === '' ? '.' : folder}/${name}`)
}

function execSteps(args: readonly string[], env: readonly string[]): readonly Step[] {
  const name = args[0] ?? ''
  const candidates = candidatesOf(args, env)
  const [argv, envp] = [texts(args), texts(env)]
  const passable = [errno.ENOENT, errno.ENOTDIR, errno.EACCES]
  return candidates.map((file, i) => call('execve', [file, argv, envp], `execute ${name}`, i < candidates.length - 1 ? { tolerate: passable } : {}))
}

/** A folder with all above it, where missing. */
function folderSteps(path: string, what: string): readonly Step[] {
  const parts = path.split('/').filter((part) => part !== '')
  const tolerate = [errno.EEXIST, errno.EROFS]
  return parts.map((_, i) => call('mkdirat', [here, `/${parts.slice(0, i + 1).join('/')}`, 0o755], `make ${what}`, { tolerate }))
}
