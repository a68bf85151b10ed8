/** The control groups in which run.mjs counts what daemons use: where they are, and how to be rid of them. */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const first = '/sys/fs/cgroup/cpuacct'
const root = join(existsSync(first) ? first : '/sys/fs/cgroup', 'bench')

export const groupFolder = (name: string): string => join(root, name)

/** Only empty groups can go; one with a process in it stays, and says so. */
export function removeGroups(): readonly string[] {
  const kept: string[] = []
  for (const folder of existsSync(root) ? below(root) : []) {
    try {
      rmdirSync(folder)
    } catch {
      kept.push(`${folder}: ${readFileSync(join(folder, 'cgroup.procs'), 'utf8').trim().split('\n').join(' ')}`)
    }
  }
  return kept
}

/** Children before their parents. */
function below(folder: string): readonly string[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [...folders.flatMap((entry) => below(join(folder, entry.name))), folder]
}
