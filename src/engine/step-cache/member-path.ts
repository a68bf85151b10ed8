/** Names of saved files inside archives: `harness/…` is the workspace, `root/…` everything else. And back to places on this machine. */
import { posix } from 'node:path'

export interface Member {
  readonly base: 'harness' | 'root'
  /** Without a leading or trailing slash; empty for the base itself. */
  readonly path: string
}

/** As steps spell paths: `/harness/x` and `x` are the same file. */
export function memberOf(text: string): Member {
  const path = posix.normalize(text.trim()).replace(/\/+$/, '')
  if (path === '/harness' || path.startsWith('/harness/')) return { base: 'harness', path: path.slice('/harness/'.length) }
  if (text.trim().startsWith('/')) return { base: 'root', path: path.slice(1) }
  return { base: 'harness', path: path === '.' ? '' : path }
}

export function memberName({ base, path }: Member): string {
  return path === '' ? base : `${base}/${path}`
}

/** As a person knows it. */
export function spelled({ base, path }: Member): string {
  return base === 'harness' ? `/harness${path === '' ? '' : `/${path}`}` : `/${path}`
}

export function isBelow(member: Member, root: Member): boolean {
  return member.base === root.base && (root.path === '' || member.path === root.path || member.path.startsWith(`${root.path}/`))
}
