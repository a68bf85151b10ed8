/** `npm run check [-- --fix] [-- NAME...]`: everything a change has to pass, in parallel, on one screen. */
import { availableParallelism } from 'node:os'
import { root } from '../support/root.ts'
import { display, seconds } from './display.ts'
import { runAll } from './run-all.ts'
import { tail } from './run-task.ts'
import { fixers, tasks } from './tasks.ts'

const args = process.argv.slice(2)
const wanted = args.filter((arg) => !arg.startsWith('--'))
const chosen = wanted.length === 0 ? tasks : tasks.filter((task) => wanted.some((word) => task.name.includes(word)))
const started = performance.now()
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())

async function run(list: typeof tasks, atOnce: number): Promise<boolean> {
  const shown = display(
    list.map((task) => task.name),
    { isTTY: process.stdout.isTTY === true && !process.env['CI'], write: (text) => void process.stdout.write(text) },
  )
  const results = await runAll(list, { cwd: root, atOnce, signal: interrupted.signal, ...shown })
  shown.close()
  for (const [name, result] of results) if (!result.ok) process.stdout.write(`\n--- ${name}\n${tail(result.output, 60)}\n`)
  return [...results.values()].every((result) => result.ok)
}

const fixed = args.includes('--fix') ? await run(fixers, 1) : true
const passed = await run(chosen, Math.max(2, availableParallelism()))
const ok = fixed && passed && chosen.length > 0
process.stdout.write(
  `\n${chosen.length} checks in ${seconds(performance.now() - started)}: ${ok ? 'all passed' : chosen.length === 0 ? `none is called ${wanted.join(', ')}` : 'FAILED'}\n`,
)
process.exitCode = ok ? 0 : 1
