/** The order of Alpine's versions: `number{.number}{letter}{_suffix{number}}{~hash}{-r#}`, as apk-tools compares them. */
import { compareDigits } from './order.ts'

const grammar = /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(~[0-9a-f]+)?(?:-r(\d+))?$/

/** From `cvs` on they are later than the version without one. */
const suffixes = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'] as const

interface AlpineVersion {
  readonly numbers: readonly string[]
  readonly letter: string
  /** `number` may be empty, which is less than 0. */
  readonly suffixes: readonly { readonly rank: number; readonly number: string }[]
  readonly hash: string
  /** Undefined for a version without "-r", which is older than "-r0". */
  readonly revision: string | undefined
}

export function compareAlpine(a: string, b: string): number | undefined {
  const [x, y] = [parse(a), parse(b)]
  if (x === undefined || y === undefined) return undefined
  return (
    compareNumbers(x.numbers, y.numbers) || compareText(x.letter, y.letter) || compareSuffixes(x, y) || compareText(x.hash, y.hash) || compareRevisions(x, y)
  )
}

function parse(text: string): AlpineVersion | undefined {
  const [, numbers, letter = '', chain = '', hash = '', revision] = grammar.exec(text) ?? []
  if (numbers === undefined) return undefined
  const parts = [...chain.matchAll(/_([a-z]+)(\d*)/g)]
  return {
    numbers: numbers.split('.'),
    letter,
    suffixes: parts.map(([, name = '', number = '']) => ({ rank: suffixes.indexOf(name as (typeof suffixes)[number]), number })),
    hash,
    revision,
  }
}

/** From the second number on a leading zero makes it a fraction: 1.05 is older than 1.1. */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] ?? '', b[i] ?? '']
    const fraction = i > 0 && (x.startsWith('0') || y.startsWith('0'))
    const difference = fraction ? compareText(x, y) : compareDigits(x, y)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

function compareSuffixes(a: AlpineVersion, b: AlpineVersion): number {
  const none = { rank: suffixes.indexOf(''), number: '' }
  for (let i = 0; i < Math.max(a.suffixes.length, b.suffixes.length); i++) {
    const [x, y] = [a.suffixes[i] ?? none, b.suffixes[i] ?? none]
    const difference = x.rank - y.rank || Math.sign(x.number.length) - Math.sign(y.number.length) || compareDigits(x.number, y.number)
    if (difference !== 0) return difference
  }
  return 0
}

function compareRevisions(a: AlpineVersion, b: AlpineVersion): number {
  if (a.revision === undefined || b.revision === undefined) return Number(a.revision !== undefined) - Number(b.revision !== undefined)
  return compareDigits(a.revision, b.revision)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
