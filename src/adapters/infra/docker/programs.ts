/** The small programs that run in containers of a stage. They need nothing of the image, and hold what must not stand in a command line. */

import { assemble } from '../../../builder/exec/machine/program.ts'
import { addressOf, call, type Step, slot, texts } from '../../../builder/exec/machine/step.ts'
import type { Cpu } from '../../../builder/exec/machine/system-calls.ts'
import { errno, errorName } from '../../../builder/exec/machine/system-calls.ts'

const here = -100
const createFile = 0o1101
const childSignal = 17
const politely = 15
const end = (code: number): Step => call('exit_group', [code], 'end')

/** Does nothing until it is killed. */
export function waitForEver(cpu: Cpu): Buffer {
  return assemble([call('ppoll', [0, 0, 0, 0, 0], 'wait', { tolerate: 'any' }), end(0)], cpu)
}

/** Asks all processes of its container to end, but for the first, which is told by a file that all of them have been asked. */
export function askAllToEnd(mark: string, cpu: Cpu): Buffer {
  const marking = call('openat', [here, mark, createFile, 0o644], 'say that all are asked', { tolerate: 'any' })
  return assemble([marking, call('kill', [-1, politely], 'ask all to end', { tolerate: 'any' }), end(0)], cpu)
}

/** Ends with 0 when something takes connections on the port. */
export function connectTo(port: number, cpu: Cpu): Buffer {
  const address = (family: number, size: number): Buffer => {
    const bytes = Buffer.alloc(size)
    bytes.writeUInt16LE(family, 0)
    bytes.writeUInt16BE(port, 2)
    return bytes
  }
  const four = address(2, 16)
  four.set([127, 0, 0, 1], 4)
  const six = address(10, 28)
  six.writeUInt8(1, 23)
  const attempt = (name: string, bytes: Buffer): readonly Step[] => [
    call('socket', [bytes.readUInt16LE(0), 0x80001, 0], 'open a socket', { save: `${name} socket`, tolerate: 'any' }),
    call('connect', [slot(`${name} socket`), bytes, bytes.length], 'connect', { save: name, tolerate: 'any' }),
    { kind: 'jump if zero', slot: name, to: 'taken' },
  ]
  return assemble([...attempt('four', four), ...attempt('six', six), end(1), { kind: 'label', label: 'taken' }, end(0)], cpu)
}

export interface Launch {
  /** Where the end of the step is told. */
  readonly report: string
  /** Is there once all have been asked to end. */
  readonly asked: string
  /** The first whose program is there is started. */
  readonly argvs: readonly (readonly string[])[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * The first process of a step's container: starts the step, tells how it ended, and takes all others along when it ends itself. As the
 * step is not the first process, signals mean to it what they usually mean.
 */
export function startStep({ report, asked, argvs, env }: Launch, cpu: Cpu): Buffer {
  const envp = texts(Object.entries(env).map(([name, value]) => `${name}=${value}`))
  const tries = argvs.flatMap((argv) => candidates(argv[0] ?? '', env['PATH'] ?? '').map((file) => ({ file, argv: texts(argv) })))
  const passable = [errno.ENOENT, errno.ENOTDIR, errno.EACCES]
  return assemble(
    [
      // The first file that is opened is number 3, where failures are written.
      call('openat', [here, report, createFile, 0o600], 'make a place for the end'),
      call('fcntl', [3, 2, 1], 'keep the report to itself'),
      call('clone', [childSignal, 0, 0, 0, 0], 'start the step', { save: 'step' }),
      { kind: 'jump if zero', slot: 'step', to: 'step' },
      call('close_range', [0, 2, 0], 'leave the output to the step', { tolerate: 'any' }),
      call('wait4', [slot('step'), addressOf('status'), 0, 0], 'wait for the step'),
      // What a shell has started has time to end too, when it was asked to.
      call('openat', [here, asked, 0, 0], 'see whether all were asked to end', { orElse: { to: 'over', report: false } }),
      { kind: 'label', label: 'rest' },
      call('wait4', [-1, 0, 0, 0], 'wait for the others', { orElse: { to: 'over', report: false } }),
      { kind: 'jump if zero', slot: 'nothing', to: 'rest' },
      { kind: 'label', label: 'over' },
      call('write', [3, addressOf('status'), 8], 'tell how the step ended'),
      end(0),
      { kind: 'label', label: 'step' },
      call('setsid', [], 'start a session'),
      ...tries.map(({ file, argv }, i) => call('execve', [file, argv, envp], 'execute', i < tries.length - 1 ? { tolerate: passable } : {})),
    ],
    cpu,
  )
}

function candidates(name: string, path: string): readonly string[] {
  return name.includes('/') || name === '' ? [name] : path.split(':').map((folder) => `${folder === '' ? '.' : folder}/${name}`)
}

/** `failed`: the step was never started. */
export type Told = { readonly kind: 'ended'; readonly status: number } | { readonly kind: 'failed'; readonly error: string }

/** Records of eight bytes: a failure, whose second half is negative, and how the process ended, as wait(2) has it. */
export function parseReport(bytes: Buffer): Told | undefined {
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const error = bytes.readInt32LE(at + 4)
    if (error < 0) return { kind: 'failed', error: errorName(-error) }
  }
  return bytes.length < 8 ? undefined : { kind: 'ended', status: bytes.readInt32LE(0) }
}
