/** Debian roots that debootstrap made once, kept in the test cache: of the suite and with the packages that are asked for. Needs root. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, renameSync, rmSync } from 'node:fs'
import process from 'node:process'
import { findProgram, real } from '../../support/real.ts'
import { testCache } from '../../support/test-cache.ts'
import { waitForLock } from '../../support/wait-for-lock.ts'

export type DebianRoot = { readonly folder: string; readonly missing?: undefined } | { readonly folder?: undefined; readonly missing: string }

/** Call it at module level; the first call may take a minute. A root that is there already is taken as it is. */
export function debianRoot(suite: string, packages: readonly string[] = []): DebianRoot {
  if (process.getuid?.() !== 0) return { missing: `a Debian ${suite} root needs root` }
  const name = `debian-${suite}-${createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 8)}`
  const folder = testCache(name)
  if (existsSync(folder)) return { folder }
  const debootstrap = real('debootstrap', { apt: 'debootstrap' })
  if (debootstrap.missing !== undefined) return { missing: debootstrap.missing }
  const release = waitForLock(name)
  try {
    // Another file of tests made it meanwhile.
    if (existsSync(folder)) return { folder }
    const making = testCache(`${name}.${process.pid}`)
    const failed = make(debootstrap.path, suite, packages, making)
    if (failed === undefined) renameSync(making, folder)
    rmSync(making, { recursive: true, force: true })
    return failed === undefined ? { folder } : { missing: failed }
  } finally {
    release()
  }
}

/** In a mount namespace of its own, so that nothing stays mounted below the folder. Why it failed. */
function make(program: string, suite: string, packages: readonly string[], folder: string): string | undefined {
  process.stderr.write(`test: debootstrap ${suite} (${packages.length === 0 ? 'minimal' : packages.join(' ')}), once, into the test cache\n`)
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`]
  const script = '"$@" && rm -rf "$ROOT"/var/cache/apt/archives/*.deb "$ROOT"/var/lib/apt/lists/*'
  const unshare = findProgram('unshare', process.env) ?? 'unshare'
  const done = spawnSync(unshare, ['--mount', 'sh', '-c', script, 'sh', program, '--variant=minbase', ...include, suite, folder], {
    env: { ...process.env, ROOT: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 400_000,
  })
  if (done.status === 0) return undefined
  const said = `${done.stdout}\n${done.stderr}`.trim().split('\n').at(-1) ?? ''
  return `debootstrap ${suite} failed: ${done.error?.message ?? said}`
}
