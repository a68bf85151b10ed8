/** The one choke point for secrets: knows every value revealed in a run and masks it in texts and in streams, across chunk borders. */
import { spellings } from './masks.ts'

const mask = '********'

export interface MaskedStream {
  /** What can be shown now. A tail that may be the start of a secret is held back until more text decides. */
  push(text: string): string
  flush(): string
}

export interface Redactor {
  register(secret: string): void
  text(text: string): string
  stream(): MaskedStream
}

export function redactor(): Redactor {
  let patterns: readonly string[] = []
  let finder: RegExp | undefined
  const known = new Set<string>()
  const replace = (text: string): string => (finder === undefined ? text : text.replace(finder, mask))
  return {
    register(secret) {
      if (known.has(secret)) return
      known.add(secret)
      patterns = [...new Set([...patterns, ...spellings(secret)])].sort((a, b) => b.length - a.length)
      finder = patterns.length === 0 ? undefined : new RegExp(patterns.map((p) => RegExp.escape(p)).join('|'), 'g')
    },
    text: replace,
    stream: () => maskedStream(replace, () => ({ patterns, finder })),
  }
}

interface Known {
  readonly patterns: readonly string[]
  readonly finder: RegExp | undefined
}

function maskedStream(replace: (text: string) => string, known: () => Known): MaskedStream {
  let held = ''
  return {
    push(text) {
      const whole = held + text
      const { patterns, finder } = known()
      const cut = finder === undefined ? whole.length : pastMatches(whole, finder, whole.length - undecidedTail(whole, patterns))
      held = whole.slice(cut)
      return replace(whole.slice(0, cut))
    },
    flush() {
      const rest = replace(held)
      held = ''
      return rest
    },
  }
}

/** A cut inside a finished match would show both its halves: such a match belongs wholly to what is shown now. */
function pastMatches(text: string, finder: RegExp, cut: number): number {
  for (const match of text.matchAll(finder)) {
    const end = match.index + match[0].length
    if (match.index < cut && cut < end) return end
    if (match.index >= cut) break
  }
  return cut
}

/** Length of the longest tail that is a proper prefix of a pattern and so may become a secret. */
function undecidedTail(text: string, patterns: readonly string[]): number {
  let longest = 0
  for (const pattern of patterns) {
    for (let length = Math.min(pattern.length - 1, text.length); length > longest; length--) {
      if (text.charCodeAt(text.length - length) === pattern.charCodeAt(0) && pattern.startsWith(text.slice(text.length - length))) {
        longest = length
        break
      }
    }
  }
  return longest
}
