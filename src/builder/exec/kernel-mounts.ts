/** /proc, /sys and /dev of a RUN, with what BuildKit hides of them. */
import { deviceLinks, devices, kernelFolders } from './kernel-folders.ts'
import { call, type Step, slot } from './machine/step.ts'
import { errno } from './machine/system-calls.ts'

const here = -100
const noSuid = 2
const noDev = 4
const noExec = 8
const readOnly = 1
const remountBind = 0x20 | 0x1000
const strictAccessTime = 0x1000000
const cloneTree = 0x80001 | 0x8000
const emptyPath = 4
const detach = 2
const anEmptyPath = 0x1000
const recursive = 0x8000

interface Who {
  readonly machineRoot: boolean
  readonly manyIds: boolean
  /** Devices of the machine may be made and opened. */
  readonly anyDevice: boolean
  /** It has a network of its own. */
  readonly ownNetwork: boolean
}

/** A user's namespaces may not mount a sysfs or make devices of the machine: those are taken over as they are. */
export function kernelSteps(when: 'prepare' | 'place', { machineRoot, anyDevice, ownNetwork }: Who): readonly Step[] {
  if (when === 'prepare') {
    if (machineRoot) return []
    const taken = [['proc', '/proc'] as const, ['sys', '/sys'] as const, ...devices.map(([name]) => [`device ${name}`, `/dev/${name}`] as const)]
    return [...taken.map(([save, path]) => call('open_tree', [here, path, cloneTree], `take over ${path}`, { save })), ...(anyDevice ? [] : [readOnlySys()])]
  }
  const mounted = ['sysfs', '/sys', 'sysfs', noSuid | noDev | noExec | readOnly, 0] as const
  // Whose network it is may mount a sysfs that shows it, unless parts of the other one are hidden.
  const sys = machineRoot
    ? [call('mount', mounted, 'mount /sys')]
    : [
        call('move_mount', [slot('sys'), '', here, '/sys', emptyPath], 'place /sys'),
        ...(ownNetwork ? [call('mount', mounted, 'mount /sys', { tolerate: 'any' })] : []),
      ]
  return [
    ...kernelFolders.map((folder) => call('mkdirat', [here, `/${folder}`, 0o755], `make /${folder}`, { tolerate: [errno.EEXIST] })),
    ...sys,
    ...(machineRoot ? ownDevices() : []),
    call('mount', ['tmpfs', '/dev', 'tmpfs', noSuid | strictAccessTime | (anyDevice ? 0 : noDev), 'mode=755,size=65536k'], 'mount /dev'),
  ]
}

/** Root of a container may write there as long as it is writable. */
function readOnlySys(): Step {
  const attributes = Buffer.alloc(32)
  attributes.writeBigUInt64LE(1n, 0)
  return call('mount_setattr', [slot('sys'), '', anEmptyPath | recursive, attributes, attributes.length], 'guard /sys')
}

/**
 * Root of the machine can make any device. So the usual ones lie in a place that is out of sight, and are shown in folders where no other can be opened;
 * the machine's own ones would change with them.
 */
function ownDevices(): readonly Step[] {
  return [
    call('mount', ['tmpfs', '/dev', 'tmpfs', noSuid | noExec, 'mode=755,size=64k'], 'mount a place for devices'),
    ...devices.flatMap(([name, major, minor]) => [
      call('mknodat', [here, `/dev/${name}`, 0o020666, (major << 8) | minor], `make the device ${name}`),
      call('open_tree', [here, `/dev/${name}`, cloneTree], `take hold of the device ${name}`, { save: `device ${name}` }),
    ]),
    call('umount2', ['/dev', detach], 'leave the place for devices'),
  ]
}

/** In a container that hides parts of /proc no new one is allowed: then the container's own, with its processes. */
export function processFolder({ machineRoot }: Pick<Who, 'machineRoot'>): readonly Step[] {
  const mount = ['proc', '/proc', 'proc', noSuid | noDev | noExec, 0] as const
  const make = call('mkdirat', [here, '/proc', 0o755], 'make /proc', { tolerate: [errno.EEXIST] })
  if (machineRoot) return [make, call('mount', mount, 'mount /proc')]
  return [
    make,
    call('mount', mount, 'mount /proc', { tolerate: 'any', save: 'new proc' }),
    { kind: 'jump if zero', slot: 'new proc', to: 'proc is there' },
    call('move_mount', [slot('proc'), '', here, '/proc', emptyPath], 'place /proc'),
    { kind: 'label', label: 'proc is there' },
  ]
}

export function deviceSteps({ manyIds }: Pick<Who, 'manyIds'>): readonly Step[] {
  const nodes = devices.flatMap(([name]): Step[] => [
    call('mknodat', [here, `/dev/${name}`, 0o100666, 0], `make /dev/${name}`),
    call('move_mount', [slot(`device ${name}`), '', here, `/dev/${name}`, emptyPath], `place /dev/${name}`),
  ])
  return [
    ...nodes,
    ...deviceLinks.map(([name, target]) => call('symlinkat', [target, here, `/dev/${name}`], `link /dev/${name}`)),
    ...['pts', 'shm', 'mqueue'].map((name) => call('mkdirat', [here, `/dev/${name}`, 0o755], `make /dev/${name}`)),
    call('mount', ['devpts', '/dev/pts', 'devpts', noSuid | noExec, `newinstance,ptmxmode=0666,mode=0620${manyIds ? ',gid=5' : ''}`], 'mount /dev/pts'),
    call('mount', ['shm', '/dev/shm', 'tmpfs', noSuid | noDev | noExec, 'mode=1777,size=65536k'], 'mount /dev/shm'),
    call('mount', ['mqueue', '/dev/mqueue', 'mqueue', noSuid | noDev | noExec, 0], 'mount /dev/mqueue', { tolerate: 'any' }),
  ]
}

const hiddenFiles = ['/proc/kcore', '/proc/keys', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats', '/proc/sched_debug']
const hiddenFolders = ['/proc/acpi', '/proc/asound', '/proc/scsi', '/sys/firmware']
const guarded = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

/** Kernels differ in which of these there are. */
export function maskSteps(): readonly Step[] {
  const tolerate = 'any' as const
  return [
    ...hiddenFiles.map((path) => call('mount', ['/dev/null', path, 0, 0x1000, 0], `hide ${path}`, { tolerate })),
    ...hiddenFolders.map((path) => call('mount', ['tmpfs', path, 'tmpfs', readOnly, 'size=0k'], `hide ${path}`, { tolerate })),
    ...guarded.flatMap((path) => [
      call('mount', [path, path, 0, 0x5000, 0], `guard ${path}`, { tolerate }),
      call('mount', [0, path, 0, remountBind | readOnly | noSuid | noDev | noExec, 0], `guard ${path}`, { tolerate }),
    ]),
  ]
}
