/** The token that strangers do not know: sent with each request by programs, and kept by browsers as a cookie made of it. */
import { createHash, timingSafeEqual } from 'node:crypto'

export interface TokenRule {
  /** Whether the headers of a request hold the token, or a cookie made of it. */
  admits(headers: Headers): boolean
  isToken(text: string): boolean
  /** For the browser: another page cannot send it, and no script read it. */
  readonly cookie: string
}

const cookieName = 'slipway-session'
export const noCookie = `${cookieName}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`

export function tokenRule(token: string): TokenRule {
  const expected = digest(token)
  const session = digest(`session of ${token}`).toString('hex')
  const isToken = (text: string): boolean => timingSafeEqual(digest(text), expected)
  return {
    isToken,
    admits(headers) {
      const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
      if (bearer !== undefined) return isToken(bearer)
      const kept = new RegExp(`(?:^|; *)${cookieName}=([0-9a-f]+)`).exec(headers.get('cookie') ?? '')?.[1]
      return kept !== undefined && timingSafeEqual(digest(kept), digest(session))
    },
    cookie: `${cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000`,
  }
}

/** Equal in length, so that they can be compared in a time that says nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
