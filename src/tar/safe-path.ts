/** Paths of archive entries before they touch a file system: inside the root, or refused. */
import { problem } from '../base/problem.ts'

/**
 * The path relative to the root, without "." parts and with single slashes; "" is the root itself. A leading "/" means the root,
 * as every unpacker takes it. ".." and NUL are refused, even where the path would come back: nothing honest writes them.
 */
export function safePath(path: string): string {
  if (path.includes('\0')) throw problem('TAR_PATH_ESCAPES', { path: path.replaceAll('\0', '\\0'), reason: 'it holds a NUL byte' })
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw problem('TAR_PATH_ESCAPES', { path, reason: 'it holds ".."' })
  return parts.join('/')
}

/**
 * Where a symlink at `path` points, seen from the root of the image: absolute targets start at that root. Targets that climb
 * above the root end there, as they do in a chroot.
 */
export function resolveLink(path: string, target: string): string {
  const start = target.startsWith('/') ? [] : safePath(path).split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') start.pop()
    else start.push(part)
  }
  return start.join('/')
}
