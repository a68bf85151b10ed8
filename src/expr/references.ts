/** The paths and functions a template mentions, as written: for finding what depends on what without evaluating. */
import type { Expr, Pieces, Template } from './ast.ts'

export interface Reference {
  /** Dotted. A computed name appears as `*`: "pipeline.stages.*.status". */
  readonly path: string
  /** With the constant texts given to it, when it is a call. */
  readonly call?: readonly (string | undefined)[]
  readonly start: number
  readonly end: number
}

export function references(template: Template): readonly Reference[] {
  const found: Reference[] = []
  const open: Expr[] = template.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.expr]))
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    const path = pathOf(expr)
    if (path !== undefined) found.push({ path, ...(expr.kind === 'call' && { call: expr.args.map(constantText) }), start: expr.start, end: expr.end })
    open.push(...inside(expr, path !== undefined))
  }
  return found.sort((a, b) => a.start - b.start)
}

function pathOf(expr: Expr): string | undefined {
  if (expr.kind === 'name') return written(expr.name)
  if (expr.kind === 'nested') return undefined
  if (expr.kind === 'call') {
    const before = expr.object === undefined ? '' : pathOf(expr.object)
    return before === undefined ? undefined : before === '' ? expr.name : `${before}.${expr.name}`
  }
  if (expr.kind !== 'member' && expr.kind !== 'index') return undefined
  const before = pathOf(expr.object)
  if (before === undefined) return undefined
  return `${before}.${expr.kind === 'member' ? written(expr.name) : (constantText(expr.index) ?? '*')}`
}

function written(name: Pieces): string {
  const only = name.length === 1 ? name[0] : undefined
  return typeof only === 'string' ? only : '*'
}

function constantText(expr: Expr): string | undefined {
  if (expr.kind === 'literal') return String(expr.value)
  return expr.kind === 'text' && expr.pieces.every((piece) => typeof piece === 'string') ? expr.pieces.join('') : undefined
}

const parts: { readonly [K in Expr['kind']]: (expr: Expr & { kind: K }) => readonly (Expr | undefined)[] } = {
  literal: () => [],
  text: (e) => e.pieces.filter((piece) => typeof piece !== 'string'),
  list: (e) => e.items,
  map: (e) => e.entries.flatMap((entry) => [entry.key, entry.value]),
  name: (e) => e.name.filter((piece) => typeof piece !== 'string'),
  member: (e) => [e.object, ...e.name.filter((piece) => typeof piece !== 'string')],
  index: (e) => [e.object, e.index],
  call: (e) => [e.object, ...e.args],
  nested: (e) => [e.inner],
  unary: (e) => [e.operand],
  binary: (e) => [e.left, e.right],
  choice: (e) => [e.left, e.right],
  ternary: (e) => [e.test, e.yes, e.no],
}

/** The parts of a path that was already reported as a whole are not reported again; what computes its names is. */
function inside(expr: Expr, reported: boolean): readonly Expr[] {
  const list = (parts[expr.kind] as (e: Expr) => readonly (Expr | undefined)[])(expr)
  if (!reported) return list.flatMap((part) => part ?? [])
  const object = 'object' in expr ? expr.object : undefined
  return list.flatMap((part) => (part === undefined ? [] : part === object ? inside(part, true) : [part]))
}
