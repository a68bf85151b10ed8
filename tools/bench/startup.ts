/** Start-up: `slipway --version` from the sources, against an empty program on the same Node. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { inTurn } from './support/measure.ts'

export const about = 'slipway --version, and its ratio to an empty program'

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const cli = join(root, 'src/main/cli.ts')
  if (!existsSync(cli)) throw new CannotMeasure('src/main/cli.ts does not exist yet')
  const start = (...args: readonly string[]): void => {
    const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    if (done.status !== 0) throw new CannotMeasure(`node ${args.join(' ')} ended with ${done.status}:\n${done.stderr}`)
  }
  const rows = await inTurn({ 'slipway --version': () => start(cli, '--version'), 'node -e 0': () => start('-e', '0') }, runs)
  return { rows, figures: { ratio: (rows[0]?.median ?? Number.NaN) / (rows[1]?.median ?? Number.NaN) } }
}
