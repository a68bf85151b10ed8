/** The user of this process, also one that has no name. */
import { platform, userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { needs } from '../../test/support/skip.ts'
import { thisUser } from './this-user.ts'

const nameless = () => {
  throw new Error('ENOENT: no such file or directory, uv_os_get_passwd')
}

describe('the user of this process', () => {
  it('has a number where nothing gives it a name', needs(platform() === 'linux', 'there is no /proc'), () => {
    const { uid, gid } = userInfo()
    expect(thisUser(nameless)).toEqual({ uid, gid, username: String(uid) })
  })
})
