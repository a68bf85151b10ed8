/** Start-up of what users install: the bundle, built anew, against an empty program on the same Node. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle/bundle.ts'
import { type BenchContext, type BenchResult, CannotMeasure } from './support/bench.ts'
import { inTurn } from './support/measure.ts'

export const about = 'the bundle: --version, --help and validate, and their ratios to an empty program'

const commands = [['--version'], ['--help'], ['validate', 'examples/hello/pipeline.yaml']] as const
const empty = 'node -e 0'

export async function run({ root, runs }: BenchContext): Promise<BenchResult> {
  const dir = mkdtempSync(join(tmpdir(), 'slipway-startup-'))
  try {
    const { entry } = await bundle(join(dir, 'dist'))
    const env = { ...process.env, SLIPWAY_HOME: join(dir, 'home'), XDG_CACHE_HOME: join(dir, 'cache') }
    const start = (...args: readonly string[]): void => {
      const done = spawnSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
      if (done.status !== 0) throw new CannotMeasure(`node ${args.join(' ')} ended with ${done.status}:\n${done.stderr}`)
    }
    const candidates = commands.map((args) => [`slipway ${args.join(' ')}`, () => start(entry, ...args)] as const)
    const rows = await inTurn({ [empty]: () => start('-e', '0'), ...Object.fromEntries(candidates) }, runs)
    const base = rows[0]?.median ?? Number.NaN
    return { rows, figures: Object.fromEntries(rows.slice(1).map((row) => [`ratio of ${row.what}`, row.median / base])) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
