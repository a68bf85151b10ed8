/** The command line's process: gathers the world, runs the program, ends with its exit code. */

import { sentRunCommand } from '../adapters/cluster-runner/places.ts'
import { killDescendants } from '../adapters/processes/descendants.ts'
import { argvAs } from '../cli/plugin/program-name.ts'
import { runProgram } from '../cli/program.ts'
import { composeWorld } from './compose-world.ts'
import { interrupts } from './interrupts.ts'
import { stepWorkerCommand, workerCommand } from './worker-command.ts'

// A launcher that stands between passes on its own name.
function startedAs(): string {
  return process.env['SLIPWAY_STARTED_AS'] ?? process.argv[1] ?? ''
}

// Started by this program, not by people: without the channel the words mean nothing.
const worker = process.channel === undefined ? undefined : process.argv[2]
const isWorker = worker === workerCommand || worker === stepWorkerCommand
const kill = process.kill.bind(process)
const killBelow = (): void => killDescendants(process.pid, kill)
// Workers take away what only they may: they stay until they have.
const killWork = (): void => killDescendants(process.pid, kill, [workerCommand, stepWorkerCommand])

const interrupted = interrupts({ now: killWork, leave: () => process.exit(130) })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted.interrupt)
// Whatever ends this process, a defect too: nothing that it has started goes on.
if (!isWorker) process.once('exit', killBelow)
// A reader that went away (`slipway plan | head`) is no defect. Work under way is ended in good order, as by Ctrl-C.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (interrupted.isOrderly()) interrupted.once(error.code ?? 'no reader')
  else process.exit(error.code === 'EPIPE' ? 0 : 1)
})
process.stderr.on('error', () => undefined)

if (worker === workerCommand) await (await import('./builder-worker.ts')).runWorker()
else if (worker === stepWorkerCommand) await (await import('./step-worker.ts')).runStepWorker()
else if (worker === sentRunCommand) await (await import('./sent-run.ts')).runSentRun(interrupted)
else process.exitCode = await runProgram(argvAs(startedAs(), process.argv.slice(2)), composeWorld(interrupted.signal, interrupted))
