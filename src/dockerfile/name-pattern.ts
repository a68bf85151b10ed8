/** Wildcards of COPY and ADD sources within one path part: `*`, `?`, `[a-z]`, `[^a]` and backslash escapes. Time is name x pattern. */
export function hasWildcards(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if ('*?['.includes(text[i] ?? '')) return true
  }
  return false
}

/** The name that a part without wildcards stands for. */
export function unescapeName(text: string): string {
  return text.replace(/\\(.)/gs, '$1')
}

export function matchName(pattern: string, name: string): boolean {
  const tokens = tokenize(pattern)
  const chars = [...name]
  let at = 0
  let t = 0
  let retry: { readonly t: number; at: number } | undefined
  while (at < chars.length || t < tokens.length) {
    const token = tokens[t]
    if (token === 'many') {
      retry = { t: ++t, at }
      continue
    }
    if (token !== undefined && at < chars.length && token(chars[at] ?? '')) {
      t++
      at++
      continue
    }
    if (retry === undefined || retry.at >= chars.length) return false
    t = retry.t
    at = ++retry.at
  }
  return true
}

type Token = 'many' | ((char: string) => boolean)

function tokenize(pattern: string): readonly Token[] {
  const tokens: Token[] = []
  const chars = [...pattern]
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] ?? ''
    const close = c === '[' ? classEnd(chars, i) : -1
    if (c === '*') tokens.push('many')
    else if (c === '?') tokens.push(() => true)
    else if (close > 0) {
      tokens.push(charClass(chars.slice(i + 1, close)))
      i = close
    } else {
      const literal = c === '\\' ? (chars[++i] ?? '\\') : c
      tokens.push((char) => char === literal)
    }
  }
  return tokens
}

/** A "]" right at the start belongs to the class. */
function classEnd(chars: readonly string[], open: number): number {
  const start = open + (chars[open + 1] === '^' ? 2 : 1)
  for (let i = start; i < chars.length; i++) {
    if (chars[i] === '\\') i++
    else if (chars[i] === ']' && i > start) return i
  }
  return -1
}

function charClass(inside: readonly string[]): (char: string) => boolean {
  const negated = inside[0] === '^'
  const ranges: (readonly [string, string])[] = []
  for (let i = negated ? 1 : 0; i < inside.length; i++) {
    const low = inside[i] === '\\' ? (inside[++i] ?? '') : (inside[i] ?? '')
    const ranged = inside[i + 1] === '-' && i + 2 < inside.length
    if (ranged) i += inside[i + 2] === '\\' ? 3 : 2
    ranges.push([low, ranged ? (inside[i] ?? '') : low])
  }
  return (char) => ranges.some(([low, high]) => low <= char && char <= high) !== negated
}
