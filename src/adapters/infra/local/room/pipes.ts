/** Named pipes for the output of steps: what Node calls a pipe is a socket, which programs cannot open again as /dev/stderr. */
import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { problem } from '../../../../base/problem.ts'
import { launch } from '../../../../builder/exec/machine/launch.ts'
import { call } from '../../../../builder/exec/machine/step.ts'
import type { Cpu } from '../../../../builder/exec/machine/system-calls.ts'

export interface OpenPipe {
  readonly path: string
  /** What comes out of it, for this process. */
  readonly output: Readable
  /** Its other end, until `closeInput`; without that the output never ends. */
  readonly input: number
  closeInput(): void
}

export interface Pipes {
  /**
   * It is used again once its output has ended: then no process holds its input any more. One that is given away to another user is used
   * once.
   */
  open(o?: { readonly once: boolean }): Promise<OpenPipe>
}

const here = -100
const atOnce = 8

export function namedPipes(folder: string, cpu: Cpu, o: { readonly signal: AbortSignal }): Pipes {
  const free: string[] = []
  let made = 0
  let making: Promise<void> = Promise.resolve()
  const make = async (): Promise<void> => {
    if (free.length > 0) return
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const names = Array.from({ length: atOnce }, () => String(made++))
    const steps = names.map((name) => call('mknodat', [here, name, 0o010600, 0], 'make a named pipe'))
    const launched = await launch(steps, cpu, { ...o, folder })
    if (launched.kind === 'failed') throw problem('STEP_PIPE_FAILED', { reason: launched.error })
    free.push(...names.map((name) => join(folder, name)))
  }
  return {
    async open({ once } = { once: false }) {
      let path = free.pop()
      while (path === undefined) {
        making = making.then(make, make)
        await making
        path = free.pop()
      }
      const file = path
      const pipe = openPipe(file)
      if (!once) pipe.output.once('end', () => free.push(file))
      return pipe
    },
  }
}

function openPipe(path: string): OpenPipe {
  // This end first: without a reader, opening the other one would wait.
  const output = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false })
  output.on('error', () => undefined)
  const input = openSync(path, constants.O_WRONLY)
  let open = true
  return {
    path,
    output,
    input,
    closeInput() {
      if (open) closeSync(input)
      open = false
    },
  }
}
