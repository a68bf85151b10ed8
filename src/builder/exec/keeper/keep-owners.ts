/** Starts the command of a RUN under the keeper (`keeper.c`), where there is only one id and a RUN may want more. */

import { capabilityMask } from '../capabilities.ts'
import { call, reportDescriptor, type Step, slot, texts } from '../machine/step.ts'
import { type Cpu, errno } from '../machine/system-calls.ts'
import type { ProcessSpec } from '../sandbox.ts'
import { keeperTexts } from './programs.ts'

/** Files of the run's folder: the program, and what it says of files that can have no attribute. */
export const keeperName = 'keeper'
export const ownersName = 'owners'
/** What lower layers say of files that can have no attribute. */
export const knownName = 'known-owners'

const here = -100
const logDescriptor = 4
const knownDescriptor = 5
const logFlags = 0o3101
const closeOnExecute = 0o2000000
const emptyPath = 0x1000
const everything = 'ffffffffffffffff'

export function keeperProgram(cpu: Cpu): Buffer {
  return Buffer.from(keeperTexts[cpu], 'base64')
}

/** The first of the process's descriptors after the report: nothing else is open then. */
export function openLog(): readonly Step[] {
  return [call('openat', [here, ownersName, logFlags, 0o600], 'open the log of owners', { save: 'owners' })]
}

/** While the machine's files are in sight. */
export function openKeeper(o: { readonly known: boolean }): readonly Step[] {
  return [
    ...(o.known ? [call('openat', [here, knownName, 0, 0], 'open the known owners', { save: 'known' })] : []),
    call('openat', [here, keeperName, closeOnExecute, 0], 'open the keeper of owners', { save: 'keeper' }),
  ]
}

/** Arguments of the keeper: what it is for ("ids", or the folder that becomes the root), then the command. */
export function keeperArguments(what: string, spec: ProcessSpec, files: readonly string[]): readonly string[] {
  const rights = spec.privileged === true ? everything : capabilityMask.toString(16)
  const groups = spec.groups.length === 0 ? '-' : spec.groups.join(',')
  return ['keeper', what, spec.cwd, String(spec.uid), String(spec.gid), groups, rights, String(files.length), ...files, ...spec.args]
}

/** The last step: a command that cannot be executed is told by the keeper as this step's failure. */
export function keeperSteps(spec: ProcessSpec, files: readonly string[]): readonly Step[] {
  return [
    call('dup3', [slot('owners'), logDescriptor, 0], 'hand over the log of owners', { tolerate: [errno.EINVAL] }),
    call('dup3', [slot('known'), knownDescriptor, 0], 'hand over the known owners', { tolerate: [errno.EINVAL] }),
    ...startKeeper('ids', spec, files),
  ]
}

export function startKeeper(what: string, spec: ProcessSpec, files: readonly string[]): readonly Step[] {
  return [
    call('fcntl', [reportDescriptor, 2, 0], 'hand over the report'),
    call('execveat', [slot('keeper'), '', texts(keeperArguments(what, spec, files)), texts(spec.env), emptyPath], `execute ${spec.args[0] ?? ''}`),
  ]
}
