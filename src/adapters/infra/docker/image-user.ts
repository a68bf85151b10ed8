/** The user of a container, looked up in the image: his number, his group and his home. */

export interface ImageUser {
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** `user` as an image or a step says it: `app`, `1000`, `1000:1000`, or nothing. */
export function imageUser(user: string, passwd: string): ImageUser {
  const [name = '', group = ''] = (user === '' ? '0' : user).split(':')
  const rows = passwd.split('\n').map((line) => line.split(':'))
  const row = rows.find((fields) => fields[0] === name) ?? rows.find((fields) => fields[2] === name)
  const number = (text: string | undefined, otherwise: number): number => (text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise)
  const uid = number(row?.[2], number(name, 0))
  return { uid, gid: number(group, number(row?.[3], 0)), home: row?.[5] || (uid === 0 ? '/root' : '/') }
}
