/** Installs a Debian package once, patiently: other processes may hold the lock. Services are kept from starting by themselves. */
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { waitForLock } from './wait-for-lock.ts'

/** Undefined when it went well, else why not. */
export function aptInstall(name: string): string | undefined {
  const leave = waitForLock('apt')
  const release = holdServices()
  try {
    const install = ['install', '--yes', '--no-install-recommends', name]
    // Package lists may be missing, or too old to find the file.
    return apt(install) === undefined ? undefined : (apt(['update']) ?? apt(install))
  } finally {
    release()
    leave()
  }
}

function apt(args: readonly string[]): string | undefined {
  process.stderr.write(`test: apt-get ${args.join(' ')}\n`)
  const done = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: 600_000,
  })
  if (done.status === 0) return undefined
  return `apt-get ${args.join(' ')} failed: ${done.error?.message ?? done.stderr.trim().split('\n').at(-1) ?? ''}`
}

/** Debian asks this file before a package starts its service; 101 means no. One that is there already is left alone. */
function holdServices(): () => void {
  const policy = '/usr/sbin/policy-rc.d'
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' })
    return () => rmSync(policy, { force: true })
  } catch {
    return () => undefined
  }
}
