import { describe, expect, it } from 'vitest'
import { imageUser } from './image-user.ts'

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:App:/home/app:/bin/sh\n'

describe('the user of a container', () => {
  it.each([
    ['', passwd, { uid: 0, gid: 0, home: '/root' }],
    ['app', passwd, { uid: 1000, gid: 1001, home: '/home/app' }],
    ['1000', passwd, { uid: 1000, gid: 1001, home: '/home/app' }],
    ['1000:5', passwd, { uid: 1000, gid: 5, home: '/home/app' }],
    ['app:staff', passwd, { uid: 1000, gid: 1001, home: '/home/app' }],
    ['7', passwd, { uid: 7, gid: 0, home: '/' }],
    ['', '', { uid: 0, gid: 0, home: '/root' }],
  ])('"%s"', (user, file, found) => {
    expect(imageUser(user, file)).toEqual(found)
  })
})
