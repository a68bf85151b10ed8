/** fsck.erofs that reads blocks of 512 bytes (1.6 and newer): this machine's, or that of a newer Debian's root. Needs root for the latter. */
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { copyFileSync, linkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { findProgram, real } from '../../support/real.ts'
import { debianRoot } from './debian-root.ts'

export type Fsck =
  | { readonly missing: string; readonly check?: undefined }
  /** Exit code and everything that was said. */
  | {
      readonly missing?: undefined
      readonly version: string
      readonly check: (image: string, args: readonly string[]) => { readonly code: number | null; readonly said: string }
    }

const readsOnlyPages = /\b(?:0|1\.[0-5])\b/

/** Call it at module level; the first call may take a minute. */
export function fsckErofs(): Fsck {
  const own = real('fsck.erofs', { apt: 'erofs-utils', version: ['-V'] })
  if (own.missing === undefined && !readsOnlyPages.test(own.version)) {
    return { version: own.version, check: (image, args) => run(own.path, [...args, image]) }
  }
  const root = debianRoot('trixie', ['erofs-utils'])
  if (root.missing !== undefined) return { missing: root.missing }
  const chroot = findProgram('chroot', process.env) ?? '/usr/sbin/chroot'
  const version = run(chroot, [root.folder, 'fsck.erofs', '-V']).said.split('\n')[0] ?? ''
  return {
    version,
    check(image, args) {
      const name = `checked-${randomUUID()}`
      place(image, join(root.folder, 'tmp', name))
      try {
        return run(chroot, [root.folder, 'fsck.erofs', ...args, `/tmp/${name}`])
      } finally {
        rmSync(join(root.folder, 'tmp', name), { force: true })
      }
    },
  }
}

/** Images are large: another name is enough where the file system is the same. */
function place(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

function run(program: string, args: readonly string[]): { readonly code: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return { code: status, said: `${stdout}${stderr}` }
}
