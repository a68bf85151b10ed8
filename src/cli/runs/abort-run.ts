/** `slipway runs abort RUN`: asks a run to end, wherever it runs; one that waits for its turn is taken out of the queue. */
import { brandAs } from '../../base/brand.ts'
import { problem } from '../../base/problem.ts'
import type { RunId } from '../../events/run-event.ts'
import { type ExitCode, exitCodes } from '../failures.ts'
import { withHistory } from '../with-history.ts'
import type { World } from '../world.ts'
import { findRun, nameOf } from './find-run.ts'

export async function abortRun(name: string, o: { readonly now?: boolean }, world: World): Promise<ExitCode> {
  const queue = await world.tools.runQueue(world.home)
  if (await queue.remove(brandAs<RunId>(name), ['waiting', 'refused'])) {
    await world.stdout.write(`${name}: taken out of the queue\n`)
    return exitCodes.done
  }
  return withHistory(world, async (history) => {
    const record = await findRun(name, history)
    if (record.status !== 'running') throw problem('RUN_OVER', { run: nameOf(record), status: record.status })
    await (await world.tools.stops(world.home)).ask(record.run, o.now === true ? 'now' : 'in good order')
    await world.stdout.write(`${nameOf(record)}: asked to end\n`)
    return exitCodes.done
  })
}
