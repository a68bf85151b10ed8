/** One scalar of the library to one of ours: exact source text, style, and a value that loses no digits. */
import type { Scalar } from 'yaml'
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Span } from '../base/span.ts'
import type { SourceFile } from '../text/source-file.ts'
import { yamlLimits } from './limits.ts'
import type { ScalarStyle, YamlScalar } from './node.ts'

const styles: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

export function buildScalar(node: Scalar, file: SourceFile, report: (d: Diagnostic) => void): YamlScalar {
  const [start, end] = node.range ?? [0, 0]
  const at = file.span(start, end)
  const source = node.source ?? (typeof node.value === 'string' ? node.value : '')
  if (source.length > yamlLimits.scalarLength) {
    report(diagnose('YAML_TEXT_TOO_LONG', { limit: yamlLimits.scalarLength }, { at }))
    return absentScalar(at, start)
  }
  const written = file.text.slice(start, end)
  // One text in memory where both are the same: there are many.
  const raw = written === source ? source : written
  if (isOpenQuote(node, raw)) report(diagnose('YAML_OPEN_QUOTE', {}, { at: file.span(start, start + 1) }))
  const style = styles[node.type ?? 'PLAIN'] ?? 'plain'
  return { kind: 'scalar', value: coreValue(node.value, source), source, plain: style === 'plain', style, at, offset: start, raw }
}

/** The library points at the end of the file; the place to look at is where the quote opened. */
function isOpenQuote(node: Scalar, raw: string): boolean {
  if (node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE') return false
  return raw.length < 2 || !raw.endsWith(raw.charAt(0)) || (node.type === 'QUOTE_DOUBLE' && /(^|[^\\])(\\\\)*\\"$/.test(raw))
}

/** Stands where a value is missing or unusable, so that readers still have a node to point at. */
export function absentScalar(at: Span, offset: number): YamlScalar {
  return { kind: 'scalar', value: null, source: '', plain: true, style: 'plain', at, offset, raw: '' }
}

function coreValue(value: unknown, source: string): YamlScalar['value'] {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return source
}
