/** Option text to options: a comma ends an option only when the next part begins one, so values keep their commas. */
import type { Text } from '../../base/secret-text.ts'
import { marked } from '../../settings/marks.ts'
import { buildxFlags, shortFlags } from './flags.ts'

export interface GivenOption {
  /** The long name, or what was written when no option has that name. */
  readonly name: string
  readonly value?: Text
}

/** `--platform=linux/amd64,linux/arm64,--no-cache` is two options. */
export function splitCommaOptions(text: Text): readonly GivenOption[] {
  const marks = marked([text])
  const parts: string[] = []
  for (const part of (marks.plain[0] ?? '').split(',')) {
    const begins = /^\s*-/.test(part) || parts.length === 0 || wantsOwnValue(parts.at(-1) ?? '')
    if (begins) parts.push(part)
    else parts.push(`${parts.pop()},${part}`)
  }
  return readParts(parts, marks.restore)
}

/** One option per item; an option without its value takes the next item. */
export function readOptionItems(items: readonly Text[]): readonly GivenOption[] {
  const marks = marked(items)
  return readParts(marks.plain, marks.restore)
}

function readParts(parts: readonly string[], restore: (text: string) => Text): readonly GivenOption[] {
  const options: GivenOption[] = []
  for (const part of parts.map((p) => p.trim()).filter((p) => p !== '')) {
    const last = options.at(-1)
    if (!part.startsWith('-') && last !== undefined && last.value === undefined && buildxFlags[last.name]?.takes === 'value') {
      options[options.length - 1] = { name: last.name, value: restore(part) }
    } else options.push(...readWords(part, restore))
  }
  return options
}

/** `--name=value`, `--name value`, or several options separated by blanks. */
function readWords(part: string, restore: (text: string) => Text): readonly GivenOption[] {
  const match = /^(-[^\s=]*)(?:=|\s+(?!-)|$)(.*)$/s.exec(part)
  if (match === null) {
    const blank = part.search(/\s/)
    return blank < 0 ? [{ name: part }] : [{ name: longName(part.slice(0, blank)) }, ...readWords(part.slice(blank).trim(), restore)]
  }
  const [, word = '', rest = ''] = match
  const hasValue = part.length > word.length
  const next = hasValue ? rest.search(/\s+--?[a-z]/i) : -1
  if (next >= 0) return [{ name: longName(word), value: restore(rest.slice(0, next)) }, ...readWords(rest.slice(next).trim(), restore)]
  return [hasValue ? { name: longName(word), value: restore(rest) } : { name: longName(word) }]
}

function wantsOwnValue(part: string): boolean {
  return buildxFlags[longName(part.trim())]?.takes === 'value'
}

function longName(word: string): string {
  return Object.hasOwn(shortFlags, word) ? (shortFlags[word] ?? word) : word
}
