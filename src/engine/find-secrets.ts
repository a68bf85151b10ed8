/** Where secrets stand in bytes, also in encoded text that a program has broken into lines: there the breaks are looked past. */
import type { ByteFinder, Finding, Range } from './byte-finder.ts'

export interface SecretFinders {
  readonly plain: ByteFinder
  /** Spellings that `base64`, `xxd` and their kind break into lines. */
  readonly wrapped: ByteFinder
}

/** Programs break at 60, 64, 72 or 76 characters. A shorter row of letters before a line break is a word, and its break no part of a secret. */
const shortestRow = 56
const [lineFeed, carriageReturn] = [10, 13]
/** 1 for the letters of base64 in both alphabets, those of hexadecimal digits among them. */
const encoded = Uint8Array.from({ length: 256 }, (_, byte) => (/[\w+/-]/.test(String.fromCharCode(byte)) ? 1 : 0))

/** `row`: how many letters of encoded text stand directly before these bytes. */
export function findSecrets(bytes: Uint8Array, finders: SecretFinders, row: number): Finding {
  const found = finders.plain.scan(bytes)
  const breaks = wrapsIn(bytes, row)
  if (breaks.length === 0) return found
  const inner = finders.wrapped.scan(without(bytes, breaks))
  const place = (at: number): number => breaks.reduce((place, { start, end }) => (place >= start ? place + end - start : place), at)
  const covered = inner.covered.map(({ start, end }) => ({ start: place(start), end: place(end - 1) + 1 }))
  return { covered: joined([...found.covered, ...covered]), undecided: Math.min(found.undecided, place(inner.undecided)) }
}

/** How many letters of encoded text end at `end`, those before the bytes included. */
export function rowBefore(bytes: Uint8Array, end: number, row: number): number {
  let start = end
  while (start > 0 && end - start < shortestRow && encoded[bytes[start - 1] as number] === 1) start--
  return end - start + (start === 0 ? row : 0)
}

/** A row that is long enough holds no other byte among its first ones: looking from its end back, most of an ordinary text is passed over. */
function wrapsIn(bytes: Uint8Array, row: number): readonly Range[] {
  const breaks: Range[] = []
  let start = -Math.min(row, shortestRow)
  while (start + shortestRow <= bytes.length) {
    const other = lastOther(bytes, start, start + shortestRow)
    if (other !== -1) {
      start = other + 1
      continue
    }
    let end = start + shortestRow
    while (end < bytes.length && encoded[bytes[end] as number] === 1) end++
    const next = end + lineBreakAt(bytes, end)
    if (next > end) breaks.push({ start: end, end: next })
    start = Math.max(next, end + 1)
  }
  return breaks
}

/** The last byte of the range that is no letter of encoded text. */
function lastOther(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at >= Math.max(start, 0); at--) if (encoded[bytes[at] as number] === 0) return at
  return -1
}

/** Its length; a carriage return at the end may be the first half of one. */
function lineBreakAt(bytes: Uint8Array, at: number): number {
  if (bytes[at] === lineFeed) return 1
  if (bytes[at] !== carriageReturn) return 0
  return at + 1 === bytes.length ? 1 : bytes[at + 1] === lineFeed ? 2 : 0
}

function without(bytes: Uint8Array, breaks: readonly Range[]): Uint8Array {
  const kept: Uint8Array[] = []
  let at = 0
  for (const { start, end } of breaks) {
    kept.push(bytes.subarray(at, start))
    at = end
  }
  return Buffer.concat([...kept, bytes.subarray(at)])
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => a.start - b.start)
  const all: { start: number; end: number }[] = []
  for (const { start, end } of sorted) {
    const last = all.at(-1)
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
    else all.push({ start, end })
  }
  return all
}
