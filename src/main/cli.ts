/** The command line's process: gathers the world, runs the program, ends with its exit code. */

import { runProgram } from '../cli/program.ts'
import { composeWorld } from './compose-world.ts'
import { stepWorkerCommand, workerCommand } from './worker-command.ts'

const interrupt = new AbortController()
let interrupts = 0
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupts += 1
    // Once: end in good order. Twice: at once.
    if (interrupts > 1) process.exit(130)
    interrupt.abort(new Error(signal))
  })
}
// A reader that went away (`slipway plan | head`) is no defect.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

// Started by this program, not by people: without the channel the words mean nothing.
if (process.argv[2] === workerCommand && process.channel !== undefined) await (await import('./builder-worker.ts')).runWorker()
else if (process.argv[2] === stepWorkerCommand && process.channel !== undefined) await (await import('./step-worker.ts')).runStepWorker()
else process.exitCode = await runProgram(process.argv.slice(2), composeWorld(interrupt.signal))
