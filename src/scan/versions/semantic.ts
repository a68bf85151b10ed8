/** The order of semantic versions, as npm reads them: a leading "v" or "=" and white space around are taken. Build metadata has no order. */
import { compareDigits } from './order.ts'

const number = '(?:0|[1-9]\\d*)'
const preid = `(?:${number}|\\d*[a-zA-Z-][a-zA-Z0-9-]*)`
const grammar = new RegExp(`^[v=\\s]*(${number})\\.(${number})\\.(${number})(?:-(${preid}(?:\\.${preid})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`)
const longest = 256

interface SemanticVersion {
  readonly numbers: readonly string[]
  /** Empty for a release. */
  readonly before: readonly string[]
}

export function compareSemantic(a: string, b: string): number | undefined {
  const [x, y] = [parse(a), parse(b)]
  if (x === undefined || y === undefined) return undefined
  for (let i = 0; i < 3; i++) {
    const difference = compareDigits(x.numbers[i] ?? '', y.numbers[i] ?? '')
    if (difference !== 0) return difference
  }
  return compareBefore(x.before, y.before)
}

function parse(text: string): SemanticVersion | undefined {
  if (text.length > longest) return undefined
  const [, major, minor, patch, before] = grammar.exec(text.trim()) ?? []
  if (major === undefined || minor === undefined || patch === undefined) return undefined
  return { numbers: [major, minor, patch], before: before === undefined ? [] : before.split('.') }
}

/** A release comes after its pre-releases; numbers come before words, fewer parts before more. */
function compareBefore(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0)
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = comparePart(a[i] ?? '', b[i] ?? '')
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function comparePart(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (x && y) return compareDigits(a, b)
  if (x !== y) return x ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}
