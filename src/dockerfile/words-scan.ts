/** The state of one word expansion: where it is, what it met, what went wrong. */
import type { WordOptions } from './words.ts'

export interface Scan {
  readonly o: WordOptions
  /** Code points, not UTF-16 units: `?` in a pattern is one character. */
  readonly chars: readonly string[]
  at: number
  rawEscapes: boolean
  depth: number
  fault: string | undefined
  readonly used: Set<string>
  readonly unset: Set<string>
  lookup(name: string): string | undefined
}

export function startScan(source: string, o: WordOptions): Scan {
  const used = new Set<string>()
  const unset = new Set<string>()
  const lookup = (name: string): string | undefined => {
    const value = o.lookup(name)
    ;(value === undefined ? unset : used).add(name)
    return value
  }
  return { o, chars: [...source], at: 0, rawEscapes: o.rawEscapes ?? false, depth: 0, fault: undefined, used, unset, lookup }
}

/** A variable's name: letters, digits and `_`; or digits alone; or one of the shell's special parameters. */
export function readName(scan: Scan): string {
  const first = scan.chars[scan.at] ?? ''
  if (/^[@*#?\-$!]$/.test(first)) {
    scan.at++
    return first
  }
  const member = /^\p{Nd}$/u.test(first) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u
  let name = ''
  while (member.test(scan.chars[scan.at] ?? '')) name += scan.chars[scan.at++]
  return name
}

export function isSpace(c: string): boolean {
  return /^[\s\u0085]$/.test(c) && c !== '\uFEFF'
}
