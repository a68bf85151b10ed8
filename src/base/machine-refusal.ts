/** Errors of the operating system that are nobody's defect: a full disk, a folder of somebody else. What no code is for is told by this one. */
import { type Diagnostic, diagnose } from './diagnostic.ts'

interface Refusal {
  readonly reason: string
  readonly hint: string
}

const mayNot = 'check who owns the file and its folder, or point SLIPWAY_HOME to a folder of your own'
const full = 'make room: `slipway cache prune`, `slipway runs prune --keep N`, `slipway images prune`'
const tooMany = 'raise the limit with `ulimit -n`'

const refusals: Readonly<Record<string, Refusal>> = {
  EACCES: { reason: 'permission denied', hint: mayNot },
  EPERM: { reason: 'the operation is not permitted', hint: mayNot },
  EROFS: { reason: 'the file system is read-only', hint: 'point SLIPWAY_HOME, or the output, to a file system that can be written' },
  ENOSPC: { reason: 'no space is left on the device', hint: full },
  EDQUOT: { reason: 'the quota of the disk is used up', hint: full },
  EMFILE: { reason: 'the process has too many files open', hint: tooMany },
  ENFILE: { reason: 'the machine has too many files open', hint: tooMany },
  EIO: { reason: 'input/output error', hint: 'the disk or its connection fails: see the log of the kernel (`dmesg`)' },
}

const noFolder: Refusal = { reason: 'the folder cannot be made, or its file system is read-only', hint: mayNot }

/** Undefined: it is something else. */
export function machineRefusal(error: unknown): Diagnostic | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '', syscall, path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string }
  // What Node answers for a folder and those above it on a file system that is read-only.
  const refusal = code === 'ENOENT' && syscall === 'mkdir' ? noFolder : refusals[code]
  if (refusal === undefined || syscall === undefined) return undefined
  const file = [path, dest].filter((one) => one !== undefined).join(' to ')
  return diagnose('MACHINE_REFUSES', { call: syscall, file: file === '' ? 'a file' : file, reason: refusal.reason }, { hint: refusal.hint })
}
