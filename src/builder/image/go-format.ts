/** Values as BuildKit prints them into an image's history: Go's %q, %v and durations. */
const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** One string in Go's double quotes. */
export function quoted(text: string): string {
  const inside = [...text].map((c) => escapes[c] ?? (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]|(?! )\p{Zs}/u.test(c) ? codePoint(c) : c))
  return `"${inside.join('')}"`
}

/** A whole number as Go's %q prints it: as the character of that number. */
export function quotedRune(n: number): string {
  const c = n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff) ? '\ufffd' : String.fromCodePoint(n)
  const inside = quoted(c).slice(1, -1)
  return c === '"' ? `'"'` : c === "'" ? String.raw`'\''` : `'${inside}'`
}

function codePoint(c: string): string {
  const hex = (c.codePointAt(0) ?? 0).toString(16)
  if (hex.length <= 2 && (c.codePointAt(0) ?? 0) < 0x80) return `\\x${hex.padStart(2, '0')}`
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

export function quotedList(items: readonly string[]): string {
  return `[${items.map(quoted).join(' ')}]`
}

export function plainList(items: readonly string[]): string {
  return `[${items.join(' ')}]`
}

/** Nanoseconds as 1h0m0s, 1m30s, 1.5s, 250ms. */
export function duration(ns: number): string {
  if (ns === 0) return '0s'
  if (ns < 1e3) return `${ns}ns`
  if (ns < 1e6) return `${ns / 1e3}µs`
  if (ns < 1e9) return `${ns / 1e6}ms`
  const hours = Math.floor(ns / 3600e9)
  const minutes = Math.floor((ns % 3600e9) / 60e9)
  const seconds = (ns % 60e9) / 1e9
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`
}

/** RFC 3339 without zeros at the end of the fraction. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z')
}
