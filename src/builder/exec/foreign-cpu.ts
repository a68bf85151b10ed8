/** Whether this machine can run programs for another CPU: by itself, or by an interpreter that binfmt_misc knows. */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import { type Platform, showPlatform } from '../../oci/platform.ts'
import { assemble } from './machine/program.ts'
import { call } from './machine/step.ts'
import type { Cpu } from './machine/system-calls.ts'

/** What a kernel of the first runs without help; a 64-bit ARM may or may not run 32-bit programs, and says so itself. */
const alike: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] }

/** Names by which qemu's handlers are registered. */
const qemuNames: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64'],
  '386': ['i386'],
  arm64: ['aarch64'],
  arm: ['arm'],
  ppc64le: ['ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  mips64le: ['mips64el'],
  loong64: ['loongarch64'],
}

/** CPUs that this program can write a program for. */
const cpus: Readonly<Record<string, Cpu>> = { amd64: 'x64', arm64: 'arm64' }

const registered = '/proc/sys/fs/binfmt_misc'

interface CpuFacts {
  /** Where the kernel shows its handlers. */
  readonly handlers?: string
  /** A folder for a program to try, which allows execution. */
  readonly folder?: string
}

/** Throws BUILD_RUN_FOREIGN. */
export function checkCpu(wanted: Platform, machine: Platform, at: Span, o: CpuFacts = {}): void {
  const reason = foreignReason(wanted, machine, o)
  if (reason !== undefined) throw problem('BUILD_RUN_FOREIGN', { wanted: showPlatform(wanted), machine: showPlatform(machine), reason }, { at })
}

/** Undefined: its programs run here. A handler without the flag F is looked for inside the image, where it is not. */
export function foreignReason({ architecture }: Platform, machine: Platform, { handlers = registered, folder }: CpuFacts = {}): string | undefined {
  if (architecture === machine.architecture || alike[machine.architecture]?.includes(architecture)) return undefined
  const names = qemuNames[architecture] ?? [architecture]
  const all = namesIn(handlers)
  const texts = all
    .filter((name) => names.some((one) => name === `qemu-${one}` || name === one || name.startsWith(`qemu-${one}-`)))
    .map((name) => textOf(join(handlers, name)))
  if (texts.some((text) => /^enabled/m.test(text) && /^flags:.*F/m.test(text))) return undefined
  if (texts.some((text) => /^enabled/m.test(text))) return 'the interpreter is registered without the flag F, so it is looked for inside the image'
  // In a container the kernel's handlers work, and are not to be seen.
  if (all.length === 0 && folder !== undefined && runs(architecture, folder)) return undefined
  return 'no interpreter is registered'
}

function runs(architecture: string, folder: string): boolean {
  const cpu = cpus[architecture]
  if (cpu === undefined) return false
  const file = join(folder, `foreign-${randomUUID()}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, assemble([call('exit_group', [0], 'end')], cpu), { mode: 0o700 })
  try {
    return spawnSync(file, [], { stdio: 'ignore', env: {} }).status === 0
  } finally {
    rmSync(file, { force: true })
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
