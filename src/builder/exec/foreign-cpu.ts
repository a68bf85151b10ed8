/** Whether this machine can run programs for another CPU: by itself, or by an interpreter that binfmt_misc knows. */
import { readdirSync, readFileSync } from 'node:fs'
import { problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import { type Platform, showPlatform } from '../../oci/platform.ts'

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

const registered = '/proc/sys/fs/binfmt_misc'

/** Throws BUILD_RUN_FOREIGN. A handler without the flag F is looked for inside the image, where it is not. */
export function checkCpu(wanted: Platform, machine: Platform, at: Span, folder = registered): void {
  const { architecture } = wanted
  if (architecture === machine.architecture || alike[machine.architecture]?.includes(architecture)) return
  const names = qemuNames[architecture] ?? [architecture]
  const handlers = namesIn(folder).filter((name) => names.some((one) => name === `qemu-${one}` || name === one || name.startsWith(`qemu-${one}-`)))
  const texts = handlers.map((name) => textOf(`${folder}/${name}`))
  if (texts.some((text) => /^enabled/m.test(text) && /^flags:.*F/m.test(text))) return
  const reason = texts.some((text) => /^enabled/m.test(text))
    ? 'the interpreter is registered without the flag F, so it is looked for inside the image'
    : 'no interpreter is registered'
  throw problem('BUILD_RUN_FOREIGN', { wanted: showPlatform(wanted), machine: showPlatform(machine), reason }, { at })
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
