/** Who runs this program. In a container that is often a number which no file gives a name to. */
import { statSync } from 'node:fs'
import { userInfo } from 'node:os'

export interface ThisUser {
  readonly uid: number
  readonly gid: number
  readonly username: string
}

export function thisUser(look: () => ThisUser = userInfo): ThisUser {
  try {
    return look()
  } catch {
    // Its processes belong to it.
    const { uid, gid } = statSync('/proc/self')
    return { uid, gid, username: String(uid) }
  }
}
