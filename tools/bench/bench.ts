/** `npm run bench NAME [-- --runs N] [-- --json]`: runs tools/bench/NAME.ts and prints medians with the machine they are from. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../support/root.ts'
import { type BenchModule, CannotMeasure } from './support/bench.ts'
import { machine } from './support/machine.ts'
import { useOwnFolder } from './support/own-folder.ts'
import { table } from './support/table.ts'

const folder = join(root, 'tools/bench')
const names = readdirSync(folder)
  .filter((file) => /^[\w-]+\.ts$/.test(file) && file !== 'bench.ts')
  .map((file) => file.slice(0, -3))
const load = async (name: string): Promise<BenchModule> => (await import(join(folder, `${name}.ts`))) as BenchModule

async function list(): Promise<string> {
  const lines = await Promise.all(names.map(async (name) => `  ${name.padEnd(20)} ${(await load(name)).about}`))
  return `npm run bench NAME [-- --runs N --json]\n${lines.join('\n')}\n`
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, runs: { type: 'string', default: '11' } } })
const [name] = positionals
const runs = Number(values.runs)
if (name === undefined || !names.includes(name) || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write(await list())
  process.exitCode = 2
} else {
  useOwnFolder()
  try {
    const result = await (await load(name)).run({ root, runs })
    const on = machine()
    process.stdout.write(values.json === true ? `${JSON.stringify({ name, machine: on, ...result }, undefined, 2)}\n` : `${table(result, on)}\n`)
  } catch (error) {
    if (!(error instanceof CannotMeasure)) throw error
    process.stderr.write(`bench ${name} cannot run: ${error.message}\n`)
    process.exitCode = 1
  }
}
