/** The programs that are compared: how each pushes one archive, and copies between registries. */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { aptInstall } from '../../../test/support/apt-install.ts'
import { findProgram } from '../../../test/support/real.ts'
import { CannotMeasure } from '../support/bench.ts'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface Program {
  readonly name: string
  readonly version: string
  /** Commands that run at once; together they bring the archive to all references. */
  push(archive: { readonly foreign: string; readonly own: string }, refs: readonly string[], form: 'own' | 'foreign'): readonly Command[]
  copy(from: string, to: string): Command
}

export function needed(name: string): string {
  const found = findProgram(name, process.env)
  if (found !== undefined) return found
  const refused = process.getuid?.() === 0 ? aptInstall(name) : 'installing it needs root'
  const path = findProgram(name, process.env)
  if (path === undefined) throw new CannotMeasure(`${name} is not on PATH; ${refused ?? 'its package lacks it'}`)
  return path
}

export function skopeo(): Program {
  const program = needed('skopeo')
  const copy = (from: string, to: string): Command => ({
    program,
    args: ['copy', '-q', '--insecure-policy', '--src-tls-verify=false', '--dest-tls-verify=false', from, to],
  })
  return {
    name: 'skopeo',
    version: versionOf(program, ['--version']),
    push: ({ foreign }, refs) => refs.map((ref) => copy(`docker-archive:${foreign}`, `docker://${ref}`)),
    copy: (from, to) => copy(`docker://${from}`, `docker://${to}`),
  }
}

/** Undefined where it is not installed: it has no Debian package. */
export function crane(): Program | undefined {
  const program = findProgram('crane', process.env)
  if (program === undefined) return undefined
  return {
    name: 'crane',
    version: versionOf(program, ['version']),
    push: ({ foreign }, refs) => refs.map((ref) => ({ program, args: ['push', '--insecure', foreign, ref] })),
    copy: (from, to) => ({ program, args: ['copy', '--insecure', from, to] }),
  }
}

export function slipway(o: { readonly cli: string; readonly dir: string; readonly version: string }): Program {
  const env = { SLIPWAY_HOME: join(o.dir, 'home'), NODE_COMPILE_CACHE: join(o.dir, 'compile-cache'), NO_COLOR: '1' }
  const command = (...args: readonly string[]): Command => ({ program: process.execPath, args: ['--disable-warning=ExperimentalWarning', o.cli, ...args], env })
  return {
    name: 'slipway',
    version: o.version,
    push: (archive, refs, form) => [command('push', archive[form], ...refs)],
    copy: (from, to) => command('copy', from, to),
  }
}

function versionOf(program: string, args: readonly string[]): string {
  return (spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '').trim().split('\n')[0] ?? ''
}
