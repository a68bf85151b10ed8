/** Patterns of .dockerignore and --exclude: `*` and `?` stay within a path part, `**` crosses parts, `[...]` is a class. */
export type PathPattern = (path: string) => boolean

const special = /[.+()|{}$^/]/

/** Undefined: the pattern is malformed (an open class, a lone backslash at the end). */
export function pathPattern(pattern: string): PathPattern | undefined {
  if (!wellFormed(pattern)) return undefined
  if (!/[*?[\]\\]/.test(pattern)) return (path) => path === pattern
  const suffix = /^\*\*[^*?[\]\\]+$/.test(pattern) ? pattern.slice(2) : undefined
  if (suffix !== undefined) return (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1))
  const prefix = /^[^*?[\]\\]+\*\*$/.test(pattern) ? pattern.slice(0, -2) : undefined
  if (prefix !== undefined) return (path) => path.startsWith(prefix)
  try {
    const expression = new RegExp(`^${toExpression(pattern)}$`, 's')
    return (path) => expression.test(path)
  } catch {
    return undefined
  }
}

function toExpression(pattern: string): string {
  let out = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? ''
    if (c === '*' && pattern[i + 1] === '*') {
      i += pattern[i + 2] === '/' ? 2 : 1
      while (pattern.startsWith('**', i + 1)) i += pattern[i + 3] === '/' ? 3 : 2
      out += i === pattern.length - 1 ? '.*' : '(?:.*/)?'
    } else if (c === '*') out += '[^/]*'
    else if (c === '?') out += '[^/]'
    else if (c === '\\') out += escaped(pattern[++i] ?? '\\')
    else out += special.test(c) && !insideClass(pattern, i) ? `\\${c}` : c
  }
  return out
}

function escaped(c: string): string {
  return /\w/.test(c) ? c : `\\${c}`
}

function insideClass(pattern: string, at: number): boolean {
  const open = pattern.lastIndexOf('[', at)
  const close = pattern.indexOf(']', open + 1)
  return open >= 0 && open < at && close > at && pattern[at] === '^'
}

function wellFormed(pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '\\') {
      if (++i >= pattern.length) return false
    } else if (pattern[i] === '[') {
      let end = pattern[i + 1] === '^' ? i + 2 : i + 1
      if (pattern[end] === ']') return false
      while (end < pattern.length && pattern[end] !== ']') end += pattern[end] === '\\' ? 2 : 1
      if (end >= pattern.length) return false
      i = end
    }
  }
  return true
}
