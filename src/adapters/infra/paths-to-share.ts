/** `sharedPaths` of a stage that can be folders of containers. */
import { posix } from 'node:path'
import { diagnose } from '../../base/diagnostic.ts'
import type { StageOpening } from '../../ports/infrastructure.ts'

export function pathsToShare(paths: readonly string[], note: StageOpening['note']): readonly string[] {
  const good = new Set<string>()
  for (const path of paths) {
    const target = posix.normalize(path).replace(/(.)\/+$/, '$1')
    const plain = target.startsWith('/') && target !== '/' && !target.includes('<+') && target !== '/harness' && !target.startsWith('/harness/')
    if (plain) good.add(target)
    else note(diagnose('SHARED_PATH_REFUSED', { path }))
  }
  return [...good]
}
