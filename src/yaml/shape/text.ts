/** Shapes of words: free text, and choices from a list. */
import { diagnose } from '../../base/diagnostic.ts'
import { didYouMean } from '../../text/suggest.ts'
import { describeNode, shorten, type YamlNode, type YamlScalar } from '../node.ts'
import { type Report, type Shape, withDoc } from './shape.ts'

export interface TextOptions {
  readonly doc?: string
  readonly nonEmpty?: boolean
  /** Must match the whole text; without flags, so that JSON Schema can say it too. */
  readonly pattern?: RegExp
  /** The pattern in words: "an identifier (letters, digits, _ and $)". */
  readonly patternName?: string
}

/** Text as the author wrote it: an unquoted `1.10`, `yes` or `0123` keeps its characters. */
export function text(o: TextOptions = {}): Shape<string> {
  const whole = o.pattern === undefined ? undefined : new RegExp(`^(?:${o.pattern.source})$`, o.pattern.flags)
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      const scalar = scalarOf(node, report, path, 'a text')
      if (scalar === undefined) return undefined
      const value = scalar.source
      if (o.nonEmpty === true && value.trim() === '') return fail(report, diagnose('YAML_EMPTY_TEXT', { path }, { at: node.at }))
      if (whole?.test(value) ?? true) return value
      const expected = o.patternName ?? `text of the form ${o.pattern?.source}`
      return fail(report, diagnose('YAML_BAD_TEXT', { path, expected, found: shorten(value) }, { at: node.at }))
    },
    schema: () =>
      withDoc(
        {
          // Unquoted numbers and words are text here too.
          type: whole === undefined && o.nonEmpty !== true ? ['string', 'number', 'boolean'] : 'string',
          ...(o.nonEmpty === true && { minLength: 1 }),
          ...(whole !== undefined && { pattern: whole.source }),
        },
        o.doc,
      ),
  }
}

export function choice<const W extends string>(allowed: readonly W[], o: { readonly doc?: string } = {}): Shape<W> {
  return {
    ...(o.doc !== undefined && { doc: o.doc }),
    read(node, report, path) {
      const scalar = scalarOf(node, report, path, `one of: ${allowed.join(', ')}`)
      if (scalar === undefined) return undefined
      const hit = allowed.find((word) => word === scalar.source)
      if (hit !== undefined) return hit
      const data = { path, found: shorten(scalar.source), allowed: allowed.join(', ') }
      return fail(report, diagnose('YAML_NOT_A_CHOICE', data, { at: node.at, hint: didYouMean(scalar.source, allowed) }))
    },
    schema: () => withDoc({ enum: allowed }, o.doc),
  }
}

/** The node as a scalar that holds something, or a report of what stands there instead. */
export function scalarOf(node: YamlNode, report: Report, path: string, expected: string): YamlScalar | undefined {
  if (node.kind === 'scalar' && node.value !== null) return node
  return fail(report, diagnose('YAML_WRONG_KIND', { path: path || 'document', expected, found: describeNode(node) }, { at: node.at }))
}

function fail(report: Report, d: Parameters<Report>[0]): undefined {
  report(d)
  return undefined
}
