/** Whether a value is as a JSON Schema says: the words that the OpenAPI document uses, written apart from what renders them. */
type Schema = Readonly<Record<string, unknown>>

/** What does not fit, with its place; none: all of it does. */
export function misfits(value: unknown, schema: Schema, place = '$'): readonly string[] {
  const { anyOf, const: constant, enum: choices, type } = schema as { anyOf?: readonly Schema[]; const?: unknown; enum?: readonly unknown[]; type?: string }
  if (anyOf !== undefined) return anyOf.some((one) => misfits(value, one, place).length === 0) ? [] : [`${place}: none of several`]
  if (constant !== undefined && value !== constant) return [`${place}: not ${String(constant)}`]
  if (choices !== undefined && !choices.includes(value)) return [`${place}: ${String(value)} is none of ${choices.join(', ')}`]
  if (type !== undefined && typeOf(value) !== type && !(type === 'number' && typeOf(value) === 'integer')) return [`${place}: ${typeOf(value)}, not ${type}`]
  if (Array.isArray(value)) return value.flatMap((item, i) => misfits(item, (schema['items'] ?? {}) as Schema, `${place}[${i}]`))
  if (value === null || typeof value !== 'object') return []
  const known = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const missing = ((schema['required'] ?? []) as readonly string[]).filter((name) => !(name in value)).map((name) => `${place}.${name}: missing`)
  return [...missing, ...Object.entries(value).flatMap(([name, item]) => (known[name] === undefined ? [] : misfits(item, known[name], `${place}.${name}`)))]
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value
}
