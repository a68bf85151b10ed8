/** Programs from npm that only real tests need: installed once into the cache of tests, outside of the repository. What cannot be had comes with a reason. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { TestOptions } from 'vitest'
import { needs, promised } from './skip.ts'
import { testCache } from './test-cache.ts'
import { waitForLock } from './wait-for-lock.ts'

export interface NpmProgram {
  /** Empty when it is not there: `options` keeps the tests from running then. */
  readonly path: string
  readonly missing?: string
  readonly options: TestOptions
}

export function npmProgram(name: string, version: string, bin = name): NpmProgram {
  const dir = testCache('npm', `${name}-${version}`)
  const path = join(dir, 'node_modules', '.bin', bin)
  const missing = existsSync(path) ? undefined : install(dir, `${name}@${version}`, path)
  if (missing === undefined) return { path, options: promised('ci') }
  return { path: '', missing, options: promised('ci', needs(false, missing)) }
}

/** A library in place of a program: `path` is that of its package.json. */
export function npmLibrary(name: string, version: string): NpmProgram {
  const dir = testCache('npm', `${name}-${version}`)
  const path = join(dir, 'node_modules', name, 'package.json')
  const missing = existsSync(path) ? undefined : install(dir, `${name}@${version}`, path)
  if (missing === undefined) return { path, options: promised('ci') }
  return { path: '', missing, options: promised('ci', needs(false, missing)) }
}

function install(dir: string, what: string, path: string): string | undefined {
  if (process.env['SLIPWAY_REAL_INSTALL'] === '0') return `SLIPWAY_REAL_INSTALL=0 forbids installing ${what}`
  const leave = waitForLock('npm')
  try {
    return existsSync(path) ? undefined : installNow(dir, what, path)
  } finally {
    leave()
  }
}

function installNow(dir: string, what: string, path: string): string | undefined {
  process.stderr.write(`test: npm install ${what}\n`)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), '{"private":true}\n')
  const args = ['install', '--prefix', dir, '--ignore-scripts', '--no-audit', '--no-fund', what]
  const done = spawnSync('npm', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 })
  if (done.status === 0 && existsSync(path)) return undefined
  rmSync(dir, { recursive: true, force: true })
  const said = done.stderr?.split('\n').find((line) => line.startsWith('npm error')) ?? done.error?.message ?? 'it ended without a word'
  return `npm install ${what} failed: ${said}`
}
