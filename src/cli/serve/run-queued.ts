/** What a queued run's own process does: takes its order from the queue, runs it, and says there why when it cannot begin. */
import { brandAs } from '../../base/brand.ts'
import { problem } from '../../base/problem.ts'
import type { RunId } from '../../events/run-event.ts'
import type { RunOrder } from '../../ports/run-queue.ts'
import { rerunCommand } from '../commands/rerun.ts'
import { type RunOptions, runCommand } from '../commands/run.ts'
import { type ExitCode, exitCodes, printFailure } from '../failures.ts'
import { usualOutput } from '../run/output-forms.ts'
import type { World } from '../world.ts'

const longestWords = 20_000

export async function runQueued(name: string, world: World): Promise<ExitCode> {
  const id = brandAs<RunId>(name)
  const queue = await world.tools.runQueue(world.home)
  const order = await queue.order(id)
  if (order === undefined) throw problem('RUN_NOT_FOUND', { run: name })
  let said = ''
  let begun = false
  const heard: World = {
    ...world,
    stderr: {
      ...world.stderr,
      write: (text) => {
        if (!begun) said = `${said}${String(text)}`.slice(0, longestWords)
        return world.stderr.write(text)
      },
    },
  }
  const hear = (): void => {
    begun = true
  }
  const options = { quiet: true, ask: true, output: usualOutput, id, begun: hear }
  const code = await carryOut(order, options, heard).catch((error: unknown) => printFailure(error, heard))
  if (begun) await queue.remove(id, ['started'])
  else if (code === exitCodes.aborted) await queue.putBack(id)
  else await queue.refuse(id, said.trim())
  return code
}

type Ordered = Required<Pick<RunOptions, 'quiet' | 'ask' | 'id' | 'begun'>> & Pick<RunOptions, 'output'>

function carryOut(order: RunOrder, options: Ordered, world: World): Promise<ExitCode> {
  if (order.kind === 'file') return runCommand(order.file, { input: [], var: [], map: [], ...order.options, ...options }, { ...world, cwd: order.cwd })
  const { of, fromFailed, input, var: variables } = order
  return rerunCommand(of, { ...options, fromFailed, input, var: variables, output: usualOutput }, world)
}
