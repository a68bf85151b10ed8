/** `sharedPaths` of a stage: empty folders that all its steps see, and that end with it. */
import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { join, posix } from 'node:path'

export interface SharedFolder {
  readonly source: string
  readonly target: string
  /** Whether steps without an image can see it: nothing of the machine is covered that they need, or would have to be made. */
  readonly onMachine: boolean
}

export interface SharedFolders {
  readonly folders: readonly SharedFolder[]
  /** Not understood: not absolute, or with an expression in it. */
  readonly refused: readonly string[]
}

/** What programs of the machine need, with all below. */
const system = ['/bin', '/boot', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/nix', '/proc', '/run', '/sbin', '/sys', '/usr', '/harness']

export function sharedFolders(base: string, paths: readonly string[]): SharedFolders {
  const targets = paths.map((path) => posix.normalize(path).replace(/(.)\/+$/, '$1'))
  const good = targets.filter((path) => path.startsWith('/') && path !== '/' && !path.includes('<+') && !isBelow(path, '/harness'))
  const folders = good.map((target, i) => {
    const source = join(base, 'shared', String(i))
    mkdirSync(source, { recursive: true })
    // As the empty folders of a cluster.
    chmodSync(source, 0o777)
    return { source, ...onMachine(target, base) }
  })
  return { folders, refused: paths.filter((_, i) => !good.includes(targets[i] ?? '')) }
}

function onMachine(target: string, base: string): Pick<SharedFolder, 'target' | 'onMachine'> {
  const top = `/${target.split('/')[1] ?? ''}`
  if (!existsSync(top)) return { target, onMachine: true }
  if (!existsSync(target)) return { target, onMachine: false }
  const real = realpathSync(target)
  return { target, onMachine: real === target && !isBelow(base, real) && !system.some((folder) => isBelow(real, folder)) }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}
