/** The values expressions compute with. Maps are Maps or plain records; only own members are ever looked at. */
import { isSecretText, type SecretText } from '../base/secret-text.ts'

export type ExprMap = ReadonlyMap<string, ExprValue> | { readonly [key: string]: ExprValue }
export type ExprValue = null | boolean | number | string | SecretText | readonly ExprValue[] | ExprMap

export function isList(value: ExprValue): value is readonly ExprValue[] {
  return Array.isArray(value)
}

export function isMapValue(value: ExprValue): value is ExprMap {
  return typeof value === 'object' && value !== null && !isList(value) && !isSecretText(value)
}

export function mapGet(map: ExprMap, key: string): ExprValue | undefined {
  if (isJsMap(map)) return map.get(key)
  return Object.hasOwn(map, key) ? map[key] : undefined
}

export function mapKeys(map: ExprMap): readonly string[] {
  return isJsMap(map) ? [...map.keys()] : Object.keys(map)
}

export function mapEntries(map: ExprMap): readonly (readonly [string, ExprValue])[] {
  return isJsMap(map) ? [...map.entries()] : Object.entries(map)
}

function isJsMap(map: ExprMap): map is ReadonlyMap<string, ExprValue> {
  return map instanceof Map
}

/** For messages: "a text", "the number 3". */
export function describeValue(value: ExprValue): string {
  if (value === null) return 'nothing (null)'
  if (isSecretText(value)) return 'a secret'
  if (isList(value)) return 'a list'
  if (typeof value === 'string') return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`
  if (typeof value === 'object') return 'a map'
  return `${typeof value === 'number' ? 'the number ' : ''}${value}`
}

export function typeName(value: ExprValue): string {
  if (value === null) return 'nothing (null)'
  if (isSecretText(value)) return 'a secret'
  if (isList(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as 'string' | 'number' | 'boolean']
}
