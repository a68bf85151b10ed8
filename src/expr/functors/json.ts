/** JSON texts for the json.* functions: parsing, and the plain part of JsonPath (names, indexes, [*]). */
import type { Json } from '../../base/json.ts'
import { isSecretText } from '../../base/secret-text.ts'
import { checkLength, fail, spend } from '../evaluation.ts'
import { type MethodCall, textArg } from '../methods/method.ts'
import { type ExprValue, isList, isMapValue, mapEntries, mapGet } from '../value.ts'

/** The argument as JSON: a text is parsed, lists and maps are taken as they are. */
export function parseJson(c: MethodCall, index: number): ExprValue {
  const arg = c.args[index] ?? null
  if (isList(arg) || isMapValue(arg)) return arg
  const text = textArg(c, index)
  spend(c.budget, text.length, c.at)
  try {
    return JSON.parse(text) as Json
  } catch {
    return fail('EXPR_JSON', { name: c.name, what: `value ${index + 1} is not JSON` }, c.at)
  }
}

export function showJson(c: MethodCall): string {
  const text = JSON.stringify(plain(parseJson(c, 0), c, 0), null, 2)
  checkLength(text.length, c.at)
  return text
}

function plain(value: ExprValue, c: MethodCall, depth: number): Json {
  spend(c.budget, 1, c.at)
  if (depth > 100) return null
  if (isSecretText(value)) return fail('EXPR_SECRET_OPAQUE', { what: `${c.name}()` }, c.at)
  if (isList(value)) return value.map((item) => plain(item, c, depth + 1))
  return isMapValue(value) ? Object.fromEntries(mapEntries(value).map(([key, item]) => [key, plain(item, c, depth + 1)])) : value
}

const step = /^\.?(?:\[(\d+)\]|\[(\*)\]|\['([^']*)'\]|\["([^"]*)"\]|([^.[\]]+))/

/** Nothing at the end of the path is an error: a wrong path should not pass for an empty value. */
export function selectJson(path: string, root: ExprValue, c: MethodCall): ExprValue {
  let found: ExprValue = root
  let rest = path.replace(/^\$/, '')
  while (rest !== '') {
    spend(c.budget, 1 + rest.length / 8, c.at)
    const match = step.exec(rest)
    if (match === null) return fail('EXPR_JSON', { name: c.name, what: `the path "${path}" cannot be read at "${rest.slice(0, 20)}"` }, c.at)
    rest = rest.slice(match[0].length)
    const next: ExprValue | undefined =
      match[2] === '*' ? (isList(found) ? found : undefined) : member(found, match[1] ?? match[3] ?? match[4] ?? match[5] ?? '')
    if (next === undefined) return fail('EXPR_JSON', { name: c.name, what: `there is nothing at "${path.slice(0, path.length - rest.length)}"` }, c.at)
    found = next
  }
  return found
}

function member(value: ExprValue, name: string): ExprValue | undefined {
  if (isList(value)) return /^\d+$/.test(name) ? value[Number(name)] : undefined
  return isMapValue(value) ? mapGet(value, name) : undefined
}
