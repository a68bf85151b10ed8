/** What differs on a rung by its nature, for whole cases: each with the reason. One that is not there any more fails its case. */
import type { Case } from './case.ts'
import type { Difference } from './compare.ts'
import type { ToleratedName } from './tolerated.ts'

interface Row {
  readonly rungs: readonly number[]
  /** By their whole names. */
  readonly cases: readonly string[]
  readonly difference: string
  readonly reason: string
}

/** `alike`: what is tolerated elsewhere is not there. */
export type RungDifference = Row &
  (
    | { readonly kind: 'files'; covers(d: Difference): boolean }
    | { readonly kind: 'refused'; readonly code: string }
    | { readonly kind: 'alike'; readonly spares: ToleratedName }
  )

export const rungDifferences: readonly RungDifference[] = [
  {
    rungs: [4, 6],
    cases: ['RUN: filter of system calls'],
    difference: 'The command runs under a filter of system calls, as in BuildKit.',
    reason: 'The keeper is asked through one.',
    kind: 'alike',
    spares: 'no filter of system calls',
  },
  {
    rungs: [4, 6],
    cases: ['RUN: number of the process'],
    difference: 'The command is not process 1: on rung 4 it is 2, on rung 6 whatever comes next in the container.',
    reason: 'On rung 4 the keeper is the first process; on rung 6 there is no namespace of processes.',
    kind: 'files',
    covers: (d) => d.at === 'out' && ['text', 'size'].includes(d.fact),
  },
  {
    rungs: [6],
    cases: ['RUN: /proc and /sys'],
    difference: 'Nothing gains rights by execute (NoNewPrivs is 1).',
    reason: 'Without the right to mount, the kernel allows a filter only with this promise.',
    kind: 'files',
    covers: (d) => d.at === 'out' && d.fact === 'text' && d.ours === d.theirs.replace('NoNewPrivs:\\t0', 'NoNewPrivs:\\t1'),
  },
  {
    rungs: [6],
    cases: ['RUN: no network', 'RUN: no network for the build', 'configuration: history of mounts'],
    difference: '`--network=none` is refused.',
    reason: 'There is no network namespace, and a command that was to have no network must not get one.',
    kind: 'refused',
    code: 'BUILD_SANDBOX_FAILED',
  },
  {
    rungs: [6],
    cases: ['files of RUN: hard link of the layer below, changed', 'adding: an archive, and a RUN on it'],
    difference: 'Both names of a file of a lower layer show what was written through one of them; an overlay parts them.',
    reason: 'The root is a folder, and they are one file in it.',
    kind: 'files',
    covers: (d) => ['h1', 'h2', 'o/bin/again', 'o/bin/tool'].includes(d.at),
  },
  {
    rungs: [3, 4],
    cases: ['adding: an archive, and a RUN on it'],
    difference: 'Writing to a setuid file takes the bit away, also when root writes.',
    reason: 'The kernel asks for a right (CAP_FSETID) of the machine’s root here, not of the namespace’s.',
    kind: 'files',
    covers: (d) => d.at === 'o/bin/again' && d.fact === 'mode',
  },
  {
    rungs: [3, 4],
    cases: ['files of RUN: devices', 'stages: COPY of devices and pipes from a RUN'],
    difference: '`mknod` of a device fails, and the RUN with it.',
    reason: 'The kernel lets no user namespace make devices.',
    kind: 'refused',
    code: 'BUILD_RUN_FAILED',
  },
  {
    rungs: [6],
    cases: ['mounts: bind is read-only', 'mounts: cache, read-only'],
    difference: 'What is bound, and a cache with `readonly`, can be written to by root; what is written there is lost.',
    reason: 'Nothing can be mounted, so nothing can be mounted read-only.',
    kind: 'files',
    covers: (d) => d.at === 'out' && d.fact === '-' && d.ours === 'nothing',
  },
  {
    rungs: [6],
    cases: ['mounts: tmpfs with a size'],
    difference: 'The size of a tmpfs is no limit.',
    reason: 'Nothing can be mounted: it is a folder on the disk.',
    kind: 'files',
    covers: (d) => d.at === 'out' && d.fact === '-' && d.ours === 'nothing',
  },
]

export function onRung(number: number, { name }: Case): RungDifference | undefined {
  return rungDifferences.find(({ rungs, cases }) => rungs.includes(number) && cases.includes(name))
}
