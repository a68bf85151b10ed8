/** Identifiers that sort by the time they were made: 10 characters of time, 16 of chance, Crockford's alphabet in lower case. */
import type { Instant } from './clock.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** `random` gives 16 bytes; five bits of each are used. Legal as an image tag and as a file name. */
export function uniqueId(now: Instant, random: Uint8Array): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet.charAt(rest % 32) + time
  return time + Array.from(random.subarray(0, 16), (byte) => alphabet.charAt(byte % 32)).join('')
}
