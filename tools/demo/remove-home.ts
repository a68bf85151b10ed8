/** Removes a data folder. Where RUNs had a range of ids, some of its folders belong to those, and only a namespace with the same ids may enter them. */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'

export function removeHome(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    spawnSync('unshare', ['--user', '--map-root-user', '--map-auto', 'rm', '-rf', folder], { stdio: 'inherit' })
  }
}
