/**
 * Real programs for real tests: found on PATH, or installed as a Debian package when we are root and may.
 * SLIPWAY_REAL_INSTALL=0 forbids installing. What is not there comes with a reason, said loudly by the reporter.
 */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import type { TestOptions } from 'vitest'
import { aptInstall } from './apt-install.ts'
import { needs, promised } from './skip.ts'

export interface RealRequest {
  /** The Debian package that has the program. */
  readonly apt?: string
  /** Arguments that print a version; `--version` unless told otherwise. */
  readonly version?: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
}

export interface RealProgram {
  readonly name: string
  /** Empty when the program is not there: `options` keeps the tests from running then. */
  readonly path: string
  readonly version: string
  readonly missing?: string
  /** For `describe('skopeo', skopeo.options, ...)`: promises to run in CI, skipped with the reason when the program is missing. */
  readonly options: TestOptions
}

/** Call it at module level; the first call for a package may take a minute. */
export function real(name: string, request: RealRequest = {}): RealProgram {
  const env = request.env ?? process.env
  let path = findProgram(name, env)
  let refused: string | undefined
  if (path === undefined) {
    refused = whyNotInstall(request.apt, env) ?? (request.apt === undefined ? undefined : aptInstall(request.apt))
    path = findProgram(name, env)
  }
  if (path === undefined) {
    const missing = `${name} is not on PATH${refused === undefined ? '' : `; ${refused}`}`
    return { name, path: '', version: '', missing, options: promised('ci', needs(false, missing)) }
  }
  return { name, path, version: versionOf(path, request.version ?? ['--version']), options: promised('ci') }
}

export function findProgram(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function whyNotInstall(apt: string | undefined, env: Readonly<Record<string, string | undefined>>): string | undefined {
  if (apt === undefined) return 'no package is known for it'
  if (env['SLIPWAY_REAL_INSTALL'] === '0') return `SLIPWAY_REAL_INSTALL=0 forbids installing ${apt}`
  if (process.getuid?.() !== 0) return `installing ${apt} needs root`
  return findProgram('apt-get', env) === undefined ? `there is no apt-get to install ${apt}` : undefined
}

function versionOf(path: string, args: readonly string[]): string {
  const done = spawnSync(path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 })
  return (`${done.stdout}${done.stderr}`.trim().split('\n')[0] ?? '').trim()
}
