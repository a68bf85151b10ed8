/** USER of a RUN: numbers as they are, names with their groups by the image's /etc/passwd and /etc/group. */
import { Readable } from 'node:stream'
import { problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import { collect } from '../../oci/join.ts'
import type { Waiting } from '../tree/node.ts'
import { type Find, resolvePath } from '../tree/resolve.ts'

export interface ProcessUser {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  readonly home: string
}

const largest = 16 * 1024 * 1024

/**
 * As BuildKit does: who is in /etc/passwd, by name or by number, has the group of that line and all that list the name; another number has
 * group 0; a group that is given is the only one. The first group is one of the others, too.
 */
export async function processUser(find: Find, text: string, o: Waiting & { readonly at?: Span }): Promise<ProcessUser> {
  const [user = '', group = ''] = text.split(':')
  const passwd = await readLines(find, 'etc/passwd', o)
  const numeric = /^\d*$/.test(user)
  const known = passwd.find(([name, , id]) => (numeric ? id !== undefined && id !== '' && Number(id) === Number(user) : name === user))
  if (!numeric && known === undefined) throw problem('BUILD_OWNER_UNKNOWN', { kind: 'user', name: user }, o)
  const uid = Number(known?.[2] ?? user)
  const home = known?.[5] || '/'
  if (/^\d+$/.test(group)) return { uid, gid: Number(group), groups: [Number(group)], home }
  const groups = await readLines(find, 'etc/group', o)
  if (group === '') {
    const gid = Number(known?.[3] || 0)
    const others = known === undefined ? [] : groups.filter((line) => (line[3] ?? '').split(',').includes(known[0] ?? '')).map(gidOf)
    return { uid, gid, groups: [...new Set([gid, ...others])], home }
  }
  const found = groups.find(([name]) => name === group)
  if (found === undefined) throw problem('BUILD_OWNER_UNKNOWN', { kind: 'group', name: group }, o)
  return { uid, gid: gidOf(found), groups: [gidOf(found)], home }
}

function gidOf(line: readonly string[]): number {
  return Number(line[2] ?? 0)
}

/** Fields of each line; none where there is no such file. */
export async function readLines(find: Find, path: string, o: Waiting): Promise<readonly (readonly string[])[]> {
  const node = await find(await resolvePath(find, path, o), o)
  if (node?.kind !== 'file') return []
  const content = await node.content(o)
  const bytes = content instanceof Readable ? await collect(content, largest) : Buffer.from(content)
  return (bytes?.toString('utf8') ?? '').split('\n').map((line) => line.trim().split(':'))
}
