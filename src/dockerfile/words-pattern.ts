/** Shell patterns of ${v#p} ${v%p} ${v/p/r}: `*` and `?` only, matched without backtracking so that no input makes it slow. */
type Token = { readonly kind: 'one' } | { readonly kind: 'many' } | { readonly kind: 'char'; readonly char: string }

/** A backslash escapes `*`, `?`, itself, `}` and `/`; before anything else it is an error (undefined). */
function tokens(pattern: string): readonly Token[] | undefined {
  const out: Token[] = []
  const chars = [...pattern]
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] ?? ''
    if (c === '*') out.push({ kind: 'many' })
    else if (c === '?') out.push({ kind: 'one' })
    else if (c !== '\\') out.push({ kind: 'char', char: c })
    else {
      const next = chars[++i]
      if (next === undefined || !'*?\\}/'.includes(next)) return undefined
      out.push({ kind: 'char', char: next })
    }
  }
  return out
}

export function trimStart(value: string, pattern: string, length: 'shortest' | 'longest'): string | undefined {
  const parsed = tokens(pattern)
  if (parsed === undefined) return undefined
  const chars = [...value]
  const found = match(parsed, chars, 0, { anchored: true, length })
  return found === undefined ? value : chars.slice(found.end).join('')
}

export function trimEnd(value: string, pattern: string, length: 'shortest' | 'longest'): string | undefined {
  const parsed = tokens(pattern)
  if (parsed === undefined) return undefined
  const chars = [...value].reverse()
  const found = match(parsed.toReversed(), chars, 0, { anchored: true, length })
  return found === undefined ? value : chars.slice(found.end).reverse().join('')
}

export function replaceMatches(value: string, pattern: string, replacement: string, all: boolean): string | undefined {
  const parsed = tokens(pattern)
  if (parsed === undefined) return undefined
  const chars = [...value]
  let out = ''
  let at = 0
  while (at <= chars.length) {
    const found = match(parsed, chars, at, { anchored: false, length: 'longest' })
    if (found === undefined) break
    out += chars.slice(at, found.start).join('') + replacement
    at = found.end
    if (found.end === found.start) out += chars[at++] ?? ''
    if (!all) break
  }
  return out + chars.slice(at).join('')
}

interface Match {
  readonly start: number
  readonly end: number
}

/** Walks all states at once; each state carries the leftmost start that reaches it, so the time is text x pattern. */
function match(pattern: readonly Token[], chars: readonly string[], from: number, o: { anchored: boolean; length: 'shortest' | 'longest' }): Match | undefined {
  let best: Match | undefined
  let states: (number | undefined)[] = []
  for (let at = from; at <= chars.length; at++) {
    if (best === undefined && (at === from || !o.anchored)) states[0] = Math.min(states[0] ?? at, at)
    passOverMany(pattern, states)
    const accepted = states[pattern.length]
    if (accepted !== undefined && (best === undefined || accepted <= best.start)) {
      best = { start: accepted, end: at }
      if (o.length === 'shortest') return best
    }
    states = step(pattern, states, chars[at], best?.start)
    if (states.length === 0 && (best !== undefined || o.anchored)) return best
  }
  return best
}

function passOverMany(pattern: readonly Token[], states: (number | undefined)[]): void {
  for (let i = 0; i < pattern.length; i++) {
    const start = states[i]
    if (start !== undefined && pattern[i]?.kind === 'many') states[i + 1] = Math.min(states[i + 1] ?? start, start)
  }
}

/** A line break is matched by itself only, never by `*` or `?`. */
function step(pattern: readonly Token[], states: readonly (number | undefined)[], char: string | undefined, limit: number | undefined): (number | undefined)[] {
  const next: (number | undefined)[] = []
  if (char === undefined) return next
  for (const [i, start] of states.entries()) {
    const token = pattern[i]
    if (start === undefined || token === undefined || (limit !== undefined && start > limit)) continue
    if (token.kind === 'char' ? token.char !== char : char === '\n') continue
    const to = token.kind === 'many' ? i : i + 1
    next[to] = Math.min(next[to] ?? start, start)
  }
  return next
}
