/** .dockerignore: which paths of a context are left out. Later lines win; a path inside an ignored folder is ignored unless taken back. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import { cleanPath } from './clean-path.ts'
import { type PathPattern, pathPattern } from './path-pattern.ts'
import { physicalLines } from './physical-lines.ts'
import type { Word } from './word.ts'

export interface IgnoreRules {
  readonly rules: readonly IgnoreRule[]
  /** Some rule begins with "!", so an ignored folder may hold paths that are kept. */
  readonly takesBack: boolean
}

export interface IgnoreRule {
  readonly pattern: PathPattern
  readonly takesBack: boolean
  /** Without "!", cleaned. */
  readonly word: Word
}

/** The rules that matched a folder; its children inherit them. */
export type Matched = readonly boolean[]

export function parseIgnoreFile(file: SourceFile, report: (d: Diagnostic) => void): IgnoreRules {
  const words: Word[] = []
  for (const line of physicalLines(file.text)) {
    if (line.text.startsWith('#') || line.text.trim() === '') continue
    const start = line.start + line.text.length - line.text.trimStart().length
    const trimmed = line.text.trim()
    const takesBack = trimmed.startsWith('!')
    const pattern = takesBack ? trimmed.slice(1).trim() : trimmed
    const cleaned = pattern === '' ? '' : cleanPath(pattern)
    const text = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned
    words.push({ text: (takesBack ? '!' : '') + text, at: file.span(start, start + trimmed.length) })
  }
  return ignoreRules(words, report)
}

/** Rules from patterns as --exclude gives them. */
export function ignoreRules(words: readonly Word[], report: (d: Diagnostic) => void): IgnoreRules {
  const rules: IgnoreRule[] = []
  for (const word of words) {
    const takesBack = word.text.startsWith('!')
    const text = cleanPath(takesBack ? word.text.slice(1).trim() : word.text.trim())
    const pattern = word.text.trim() === '!' ? undefined : pathPattern(text)
    if (pattern === undefined) report(diagnose('DOCKERIGNORE_PATTERN_INVALID', { pattern: word.text }, { at: word.at }))
    else rules.push({ pattern, takesBack, word: { text, at: word.at } })
  }
  return { rules, takesBack: rules.some((rule) => rule.takesBack) }
}

export interface IgnoreAnswer {
  readonly ignored: boolean
  readonly matched: Matched
}

/** `parent` is the answer for the folder of `path`; without it the folders above are asked anew. */
export function matchIgnore(rules: IgnoreRules, path: string, parent?: Matched): IgnoreAnswer {
  const matched: boolean[] = []
  let ignored = false
  for (const [i, rule] of rules.rules.entries()) {
    const inherited = parent?.[i] ?? false
    const relevant = rule.takesBack === ignored
    const hit = inherited || (relevant && (rule.pattern(path) || (parent === undefined && matchesAbove(rule.pattern, path))))
    matched.push(hit)
    if (hit) ignored = !rule.takesBack
  }
  return { ignored, matched }
}

function matchesAbove(pattern: PathPattern, path: string): boolean {
  const parts = path.split('/')
  for (let i = 1; i < parts.length; i++) if (pattern(parts.slice(0, i).join('/'))) return true
  return false
}

/** Whether an ignored folder must still be looked into: a "!" rule could match below it. */
export function mayKeepBelow(rules: IgnoreRules, folder: string): boolean {
  return rules.rules.some(({ takesBack, word }) => takesBack && (/[*?[\\]/.test(word.text) || `${word.text}/`.startsWith(`${folder}/`)))
}
