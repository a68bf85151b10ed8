/** What comparing versions means: each kind of package has its own order, and texts that are no version of it. */

/** Negative when `a` is older; undefined when one of them is no version. */
export type CompareVersions = (a: string, b: string) => number | undefined

/** Runs of digits of any length: without leading zeros the longer one is larger. */
export function compareDigits(a: string, b: string): number {
  const [x, y] = [withoutZeros(a), withoutZeros(b)]
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0)
}

function withoutZeros(digits: string): string {
  let at = 0
  while (at < digits.length - 1 && digits.charCodeAt(at) === 0x30) at++
  return at === 0 ? digits : digits.slice(at)
}
