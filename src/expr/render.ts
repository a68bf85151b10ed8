/** Values as text: what a template puts between its pieces. Lists and maps become JSON, nothing becomes "null", secrets stay secrets. */
import { isSecretText, joinText, type Text } from '../base/secret-text.ts'
import { type Budget, checkLength, spend } from './evaluation.ts'
import type { Range } from './expr-problem.ts'
import { type ExprValue, isList, isMapValue, mapEntries } from './value.ts'

export function renderText(value: ExprValue, budget: Budget, at: Range): Text {
  if (typeof value === 'string' || isSecretText(value)) return value
  if (value === null || typeof value !== 'object') return String(value)
  const pieces: Text[] = []
  collectJson(value, pieces, (length) => spend(budget, length, at), 0)
  return joinChecked(pieces, at)
}

/** Joins within the size limit. */
export function joinChecked(pieces: readonly Text[], at: Range): Text {
  let length = 0
  for (const piece of pieces) length += textLength(piece)
  checkLength(length, at)
  return joinMany(pieces)
}

const atOnce = 1000

/** In groups, because a call takes only so many arguments. */
function joinMany(pieces: readonly Text[]): Text {
  if (pieces.length <= atOnce) return joinText(...pieces)
  const groups: Text[] = []
  for (let i = 0; i < pieces.length; i += atOnce) groups.push(joinText(...pieces.slice(i, i + atOnce)))
  return joinMany(groups)
}

export function textLength(text: Text): number {
  return typeof text === 'string' ? text.length : text.pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 1), 0)
}

function collectJson(value: ExprValue, into: Text[], count: (length: number) => void, depth: number): void {
  count(typeof value === 'string' ? value.length + 1 : 1)
  if (depth > 100) into.push('null')
  else if (isSecretText(value)) into.push('"', value, '"')
  else if (isList(value)) {
    into.push('[')
    value.forEach((item, index) => {
      if (index > 0) into.push(',')
      collectJson(item, into, count, depth + 1)
    })
    into.push(']')
  } else if (isMapValue(value)) {
    into.push('{')
    mapEntries(value).forEach(([key, item], index) => {
      into.push(`${index > 0 ? ',' : ''}${JSON.stringify(key)}:`)
      collectJson(item, into, count, depth + 1)
    })
    into.push('}')
  } else into.push(JSON.stringify(value) ?? 'null')
}
