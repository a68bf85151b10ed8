/** A template's value: its one expression's own value, or everything joined as text. */
import type { Text } from '../base/secret-text.ts'
import type { Template } from './ast.ts'
import { evaluateValue } from './evaluate-node.ts'
import { known, type Later, type Result, type Running } from './evaluation.ts'
import { joinChecked, renderText } from './render.ts'

/** Throws a Stop at the first expression that fails. */
export function evaluateParts(template: Template, run: Running): Result {
  const [first, second] = template.parts
  if (first === undefined) return known('')
  if (second === undefined) return typeof first === 'string' ? known(first) : evaluateValue(first.expr, run)
  const texts: Text[] = []
  let later: Later | undefined
  for (const part of template.parts) {
    if (typeof part === 'string') texts.push(part)
    else {
      const result = evaluateValue(part.expr, run)
      if (result.kind === 'later') later ??= result
      else texts.push(renderText(result.value, run.budget, part))
    }
  }
  return later ?? known(joinChecked(texts, { start: 0, end: template.source.length }))
}
