/** Makes a shape accept an expression in place of the value. The expression's own grammar is checked when it is read. */
import { placeProblem } from '../expr/expr-problem.ts'
import { hasExpression, type ParsedTemplate, parseCondition, parseTemplate } from '../expr/template.ts'
import type { ExprValue } from '../expr/value.ts'
import type { YamlScalar } from '../yaml/node.ts'
import { scalarSpan } from '../yaml/scalar-span.ts'
import { type Report, type Shape, withDoc } from '../yaml/shape/shape.ts'
import { type Dynamic, literal, type Templated } from './dynamic.ts'

export interface DynamicOptions<T> {
  readonly expected: string
  readonly convert: (value: ExprValue) => T | undefined
}

const expressionSchema = { type: 'string', pattern: '<\\+.+>' } as const

export function dynamic<T>(shape: Shape<T>, o: DynamicOptions<T>): Shape<Dynamic<T>> {
  return {
    ...(shape.doc !== undefined && { doc: shape.doc }),
    acceptsNull: shape.acceptsNull ?? false,
    read(node, report, path) {
      if (node.kind === 'scalar' && typeof node.value === 'string' && hasExpression(node.source)) return templated(node, parseTemplate(node.source), o, report)
      const value = shape.read(node, report, path)
      return value === undefined ? undefined : literal(value, node.at)
    },
    schema: (context) => withDoc({ anyOf: [shape.schema(context), expressionSchema] }, shape.doc),
  }
}

/** The whole text is one expression: `<+a> == "x" && <+b>`. Plain true and false are conditions too. */
export function dynCondition(doc: string): Shape<Dynamic<ExprValue>> {
  return {
    doc,
    read(node, report) {
      if (node.kind !== 'scalar') return undefined
      if (typeof node.value === 'boolean') return literal<ExprValue>(node.value, node.at)
      return templated<ExprValue>(node, parseCondition(node.source), { expected: 'a condition', convert: (value) => value }, report)
    },
    schema: () => withDoc({ type: ['string', 'boolean'] }, doc),
  }
}

function templated<T>(node: YamlScalar, parsed: ParsedTemplate, o: DynamicOptions<T>, report: Report): Templated<T> | undefined {
  for (const problem of parsed.problems) report(placeProblem(problem, (start, end) => scalarSpan(node, start, end)))
  if (parsed.problems.length > 0) return undefined
  return { kind: 'template', template: parsed.template, node, at: node.at, expected: o.expected, convert: o.convert }
}
