/** The real command line in this process, with a data folder of its own and its output caught. */

import type { Readable } from 'node:stream'
import { runProgram } from '../../src/cli/program.ts'
import type { Writer } from '../../src/cli/world.ts'
import { composeWorld } from '../../src/main/compose-world.ts'
import { tempProject } from './temp-project.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface TestWorld {
  readonly home: string
  readonly cwd: string
  run(...argv: readonly string[]): Promise<Ran>
}

export function testWorld(
  o: {
    readonly cwd?: string
    readonly home?: string
    readonly env?: Readonly<Record<string, string>>
    readonly signal?: AbortSignal
    readonly stdin?: () => Readable
  } = {},
): TestWorld {
  const home = o.home ?? tempProject().dir
  const cwd = o.cwd ?? process.cwd()
  return {
    home,
    cwd,
    async run(...argv) {
      const [out, err] = [caught(), caught()]
      const world = composeWorld(o.signal ?? new AbortController().signal)
      const code = await runProgram(argv, {
        ...world,
        ...(o.stdin !== undefined && { stdin: o.stdin }),
        home,
        cwd,
        env: { ...world.env, ...o.env },
        stdout: out.writer,
        stderr: err.writer,
      })
      return { code, out: out.text(), err: err.text() }
    },
  }
}

function caught(): { readonly writer: Writer; readonly text: () => string } {
  let text = ''
  const write = (more: string): void => {
    text += more
  }
  return { writer: { write, columns: undefined, rows: undefined, colour: false }, text: () => text }
}
