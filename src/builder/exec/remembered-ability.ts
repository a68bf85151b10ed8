/**
 * Remembers what a sandbox was found able to do, until something is different that it depends on: kernel, mounts, rights, the form that was
 * asked for. Trying takes longer than everything else in a build where nothing changed. What is not possible is tried again each time.
 */
import { readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { dirname } from 'node:path'
import { canonicalJson } from '../../base/json.ts'
import type { Ability } from './sandbox.ts'

export async function remembered(file: string, asked: Readonly<Record<string, unknown>>, find: () => Promise<Ability>): Promise<Ability> {
  const surroundings = surroundingsOf(dirname(file))
  // Where they cannot be told, nothing is taken for granted.
  if (surroundings === undefined) return find()
  const key = canonicalJson({ ...surroundings, ...asked })
  const known = read(file)
  if (known?.key === key) return known.ability
  const ability = await find()
  if (ability.kind === 'able') write(file, { key, ability })
  return ability
}

interface Kept {
  readonly key: string
  readonly ability: Extract<Ability, { kind: 'able' }>
}

function surroundingsOf(folder: string): Record<string, unknown> | undefined {
  try {
    const status = readFileSync('/proc/self/status', 'latin1')
    const rights = ['Uid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp'].map((name) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1])
    const spaces = ['mnt', 'user', 'pid'].map((name) => readlinkSync(`/proc/self/ns/${name}`))
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return { boot, kernel: release(), spaces, rights, device: statSync(folder).dev }
  } catch {
    return undefined
  }
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch {
    return undefined
  }
}

/** A reader of half a file finds no JSON, and tries for itself. */
function write(file: string, kept: Kept): void {
  try {
    writeFileSync(file, JSON.stringify(kept), { mode: 0o600 })
  } catch {
    // Not remembered, then.
  }
}
