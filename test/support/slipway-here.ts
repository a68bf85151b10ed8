/** The real program in this process, with an environment of its own: nothing of the person who runs the tests gets in. */
import { runProgram } from '../../src/cli/program.ts'
import type { Writer } from '../../src/cli/world.ts'
import { composeToolbox } from '../../src/main/compose-toolbox.ts'
import { composeWorld } from '../../src/main/compose-world.ts'
import { systemClock } from '../../src/main/system-clock.ts'
import { tempProject } from './temp-project.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Data goes to a folder of its own, or that of SLIPWAY_HOME: never into `dir`, which without git is copied whole. */
export async function slipwayHere(dir: string, env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ran> {
  const caught = { out: '', err: '' }
  const writer = (name: 'out' | 'err'): Writer => ({
    write: (text) => {
      caught[name] += text
    },
    columns: undefined,
    rows: undefined,
    colour: false,
  })
  const tools = composeToolbox({ env, kill: () => undefined, pid: process.pid, uid: 0, program: [], clock: systemClock })
  const signal = new AbortController().signal
  const world = { ...composeWorld(signal), tools, env, cwd: dir, home: env['SLIPWAY_HOME'] ?? tempProject().dir, stdout: writer('out'), stderr: writer('err') }
  return { code: await runProgram(argv, world), ...caught }
}
