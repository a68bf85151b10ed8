/** A RUN where nothing can be mounted and no namespace be made: a folder becomes the root, and the keeper opens /proc for it. */
import { openKeeper, startKeeper } from '../keeper/keep-owners.ts'
import { addressOf, call, reportDescriptor, type Step, slot } from '../machine/step.ts'
import type { ProcessSpec } from '../sandbox.ts'
import { candidatesOf, outputSteps } from '../steps.ts'

const signalKill = 9
const deathSignal = 1
const cloneChild = 17

/** `folder` is the run's own, `root` what the command shall see. */
export function chrootSteps(spec: ProcessSpec, folder: string, root: string): readonly Step[] {
  return [
    call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the builder'),
    call('fcntl', [reportDescriptor, 2, 1], 'keep the report to itself'),
    call('close_range', [reportDescriptor + 1, 0xffffffff, 0], 'close what else is open', { tolerate: 'any' }),
    call('umask', [0], 'set the file mode mask'),
    call('chdir', [folder], `enter ${folder}`),
    ...outputSteps({}),
    call('clone', [cloneChild, 0, 0, 0, 0], 'start a process', { save: 'child' }),
    { kind: 'jump if zero', slot: 'child', to: 'child' },
    call('write', [reportDescriptor, addressOf('child'), 8], 'report the process'),
    call('wait4', [slot('child'), addressOf('status'), 0, 0], 'wait for the process'),
    call('write', [reportDescriptor, addressOf('status'), 8], 'report the end'),
    call('exit_group', [0], 'end'),
    { kind: 'label', label: 'child' },
    call('prctl', [deathSignal, signalKill, 0, 0, 0], 'die with the parent'),
    call('setsid', [], 'start a session'),
    ...openKeeper({ known: false }),
    ...[1, 2].map((n) => call('fchown', [n, spec.uid, spec.gid], 'give the output to the user', { tolerate: 'any' })),
    call('umask', [0o022], 'set the file mode mask'),
    ...startKeeper(root, spec, candidatesOf(spec.args, spec.env)),
  ]
}
