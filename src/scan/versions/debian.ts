/** The order of Debian versions, `[epoch:]upstream[-revision]`, as deb-version(7) describes it. */
import { compareDigits } from './order.ts'

interface DebianVersion {
  readonly epoch: string
  readonly upstream: string
  readonly revision: string
}

/** Undefined when a text is empty or has white space or a bad epoch; otherwise any text has its place, as dpkg's database may hold any. */
export function compareDebian(a: string, b: string): number | undefined {
  const [x, y] = [parse(a), parse(b)]
  if (x === undefined || y === undefined) return undefined
  return compareDigits(x.epoch, y.epoch) || comparePart(x.upstream, y.upstream) || comparePart(x.revision, y.revision)
}

function parse(text: string): DebianVersion | undefined {
  if (text === '' || /\s/.test(text)) return undefined
  const colon = text.indexOf(':')
  const epoch = colon < 0 ? '0' : text.slice(0, colon)
  if (!/^\d+$/.test(epoch)) return undefined
  const rest = text.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return dash < 0 ? { epoch, upstream: rest, revision: '' } : { epoch, upstream: rest.slice(0, dash), revision: rest.slice(dash + 1) }
}

const [zero, nine, tilde] = [0x30, 0x39, 0x7e]

/** Text and digits in turn; in text "~" comes before the end, the end before letters, letters before all else. */
function comparePart(a: string, b: string): number {
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a.charCodeAt(i))) || (j < b.length && !isDigit(b.charCodeAt(j)))) {
      const difference = weight(a, i) - weight(b, j)
      if (difference !== 0) return difference
      i++
      j++
    }
    const [endA, endB] = [endOfDigits(a, i), endOfDigits(b, j)]
    const difference = compareDigits(a.slice(i, endA) || '0', b.slice(j, endB) || '0')
    if (difference !== 0) return difference
    i = endA
    j = endB
  }
  return 0
}

function weight(text: string, at: number): number {
  if (at >= text.length) return 0
  const code = text.charCodeAt(at)
  if (isDigit(code)) return 0
  if (code === tilde) return -1
  return /[A-Za-z]/.test(text.charAt(at)) ? code : code + 256
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine
}

function endOfDigits(text: string, from: number): number {
  let at = from
  while (at < text.length && isDigit(text.charCodeAt(at))) at++
  return at
}
