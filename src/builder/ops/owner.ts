/** --chown and USER: numbers as they are, names by /etc/passwd and /etc/group of the image under build. */
import { problem } from '../../base/problem.ts'
import type { Span } from '../../base/span.ts'
import type { Waiting } from '../tree/node.ts'
import type { Find } from '../tree/resolve.ts'
import { readLines } from './process-user.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** `user`, `user:group`; a lone user brings its own group when it is a name, and its own number when it is none. */
export async function findOwner(find: Find, text: string, o: Waiting & { readonly at: Span }): Promise<Owner> {
  const [user = '', group] = text.split(':')
  const passwd = /^\d*$/.test(user) ? undefined : await readLines(find, 'etc/passwd', o)
  const known = passwd?.find(([name]) => name === user)
  if (passwd !== undefined && known === undefined) throw problem('BUILD_OWNER_UNKNOWN', { kind: 'user', name: user }, { at: o.at })
  const uid = Number(known?.[2] ?? (user === '' ? 0 : user))
  if (group === undefined || group === '') return { uid, gid: known === undefined ? uid : Number(known[3] ?? 0) }
  if (/^\d+$/.test(group)) return { uid, gid: Number(group) }
  const found = (await readLines(find, 'etc/group', o)).find(([name]) => name === group)
  if (found === undefined) throw problem('BUILD_OWNER_UNKNOWN', { kind: 'group', name: group }, { at: o.at })
  return { uid, gid: Number(found[2] ?? 0) }
}
