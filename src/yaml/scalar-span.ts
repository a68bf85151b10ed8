/** Finds characters of a scalar's text in the file again, for messages about a part of a value. */
import type { Span } from '../base/span.ts'
import type { YamlScalar } from './node.ts'

/**
 * The span of `source.slice(start, end)`. Exact also across folded lines, indentation and escapes: white space may be
 * folded away, but the n-th visible character of the text is the n-th visible one of what was written.
 */
export function scalarSpan(node: YamlScalar, start: number, end: number = start): Span {
  const text = node.source
  const from = rawIndex(node, Math.min(Math.max(start, 0), text.length))
  const to = end > start ? rawIndex(node, Math.min(end, text.length) - 1) + 1 : from
  const a = place(node, from)
  const b = place(node, Math.max(to, from))
  return { file: node.at.file, line: a.line, col: a.col, endLine: b.line, endCol: b.col }
}

function place(node: YamlScalar, index: number): { line: number; col: number } {
  const before = node.raw.slice(0, index)
  const lines = before.split(/\r\n|\r|\n/)
  const last = lines.at(-1) ?? ''
  return lines.length === 1 ? { line: node.at.line, col: node.at.col + index } : { line: node.at.line + lines.length - 1, col: last.length + 1 }
}

function rawIndex(node: YamlScalar, index: number): number {
  const offset = contentStart(node)
  if (node.style === 'plain' && node.raw === node.source) return index
  let visible = 0
  for (let i = 0; i < index; i++) if (!isBlank(node.source.charCodeAt(i))) visible++
  const blanks = leadingBlanks(node.source, index)
  let at = offset
  let after = offset
  for (let seen = 0; at < node.raw.length; ) {
    const unit = unitAt(node, at)
    if (unit.visible && seen === visible && !isBlank(node.source.charCodeAt(index))) return at
    if (seen === visible && isBlank(node.source.charCodeAt(index))) return Math.min(after + blanks, node.raw.length)
    at += unit.length
    if (unit.visible) {
      seen++
      after = at
    }
  }
  return Math.min(after + blanks, node.raw.length)
}

/** White space between `index` and the visible character before it. */
function leadingBlanks(text: string, index: number): number {
  let count = 0
  while (count < index && isBlank(text.charCodeAt(index - 1 - count))) count++
  return count
}

function contentStart(node: YamlScalar): number {
  if (node.style === 'plain') return 0
  if (node.style === 'single' || node.style === 'double') return 1
  const lineEnd = node.raw.search(/[\r\n]/)
  return lineEnd < 0 ? node.raw.length : lineEnd
}

const hexLength: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** One written character, or one escape. An escape for white space is invisible, as the white space in the text is. */
function unitAt(node: YamlScalar, at: number): { length: number; visible: boolean } {
  const c = node.raw.charAt(at)
  if (node.style === 'single' && c === "'" && node.raw.charAt(at + 1) === "'") return { length: 2, visible: true }
  if (node.style === 'double' && c === '\\') {
    const letter = node.raw.charAt(at + 1)
    const length = 2 + (hexLength[letter] ?? 0)
    return { length, visible: !/[\s\r\ntnr_]/.test(letter) }
  }
  return { length: 1, visible: !isBlank(c.charCodeAt(0)) }
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13 || code === 0xa0
}
