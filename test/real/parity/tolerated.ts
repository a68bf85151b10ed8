/** Differences that are meant, each with the reason. A case names those it has; one that a case names in vain fails it. */
import { assumedNode } from '../../../src/builder/rootfs/assumed.ts'
import type { Difference } from './compare.ts'

export interface Tolerated {
  readonly difference: string
  readonly reason: string
  /** May be found in any case, without being named there. */
  readonly everywhere?: true
  covers(d: Difference): boolean
}

export const tolerated = {
  'kernel folders': {
    difference: 'BuildKit leaves empty /proc, /sys and /dev in the layer of a RUN whose base has none; ours has none of them.',
    reason: 'They are mount points of the build, and whatever runs the image makes its own.',
    covers: (d) => d.ours === 'nothing' && d.fact === '-' && /^(?:proc|sys|dev)$/.test(d.at),
  },
  'matches of a pattern that are excluded': {
    difference:
      'A file that the pattern of a source matches and --exclude names is left out; this BuildKit copies it, and applies --exclude only below folders.',
    reason: 'The Dockerfile reference says that it is left out, with this very example.',
    covers: (d) => d.ours === 'nothing' && d.theirs.includes('"file"'),
  },
  'no filter of system calls': {
    difference: 'BuildKit filters the system calls of a RUN (seccomp), ours does not.',
    reason: 'The sandbox holds by namespaces and rights, see sandbox.md; what a RUN makes is the same.',
    covers: (d) => d.at === 'out' && ['text', 'size', 'sha256'].includes(d.fact),
  },
  'attributes of users': {
    difference: 'Attributes named user.* that a RUN sets are in the layers of ours; BuildKit keeps them while it builds and writes security.capability only.',
    reason: 'Ours keeps what the command made.',
    covers: (d) => d.fact === 'attributes' && d.theirs === 'nothing' && /^"user\./.test(d.ours),
  },
  'pipes of the context': {
    difference: 'Named pipes of the context are left out; BuildKit makes new ones.',
    reason: 'There is nothing in them, and a context is read without ever waiting for a writer.',
    covers: (d) => d.ours === 'nothing' && d.theirs.includes('"fifo"'),
  },
  'new names of lower files': {
    difference: 'A hard link that a RUN makes to a file of a lower layer is a hard link in ours; BuildKit makes a copy of it.',
    reason: 'Ours keeps what the command made.',
    covers: (d) => d.fact === 'names' || (d.part.startsWith('layer') && d.theirs === 'nothing'),
  },
  'times by SOURCE_DATE_EPOCH': {
    difference:
      'With SOURCE_DATE_EPOCH every time in ours is that time; BuildKit gives it to the configuration, and to files only when its exporter is asked for it.',
    reason: 'Who sets it wants the same image each time.',
    covers: (d) => d.fact === 'time' && d.ours.startsWith('"1234567890'),
  },
  'times of standard folders': {
    difference:
      'A folder such as /usr or /etc, which a COPY before the first RUN goes through, has the time of the build; BuildKit keeps the time it has in the base.',
    reason: 'The base is not opened for a COPY: what every system has is taken as known, but for its time.',
    everywhere: true,
    covers: (d) => d.fact === 'time' && d.ours === '"now"' && typeof assumedNode(d.at, 0n) === 'object',
  },
} as const satisfies Readonly<Record<string, Tolerated>>

export type ToleratedName = keyof typeof tolerated

export const everywhere = (Object.entries(tolerated) as readonly (readonly [ToleratedName, Tolerated])[]).flatMap(([name, rule]) =>
  rule.everywhere ? name : [],
)
