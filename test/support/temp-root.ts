/** One folder for all that a run of tests writes to temp folders: gone at the end, whatever a test or a worker forgot. */
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export function setup(): () => void {
  const before = process.env['TMPDIR']
  // Short, because paths of sockets are; open, because some tests become other users.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 't-')))
  chmodSync(root, 0o1777)
  process.env['TMPDIR'] = root
  return () => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    const left = mountsBelow(root)
    // Removing through a mount would remove what is mounted.
    if (left.length > 0) throw new Error(`tests left mounts, so ${root} stays: ${left.join(', ')}`)
    rmSync(root, { recursive: true, force: true, maxRetries: 3 })
  }
}

function mountsBelow(root: string): readonly string[] {
  if (process.platform !== 'linux') return []
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
  return points.filter((point) => point.startsWith(`${root}/`))
}
