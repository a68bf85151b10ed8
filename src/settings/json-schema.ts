/** JSON Schema of a build-and-push step's `spec`, as far as the settings go. Every value may be an expression instead. */
import type { Json } from '../base/json.ts'
import { rows } from './image-settings.ts'
import type { Kind, Row } from './row.ts'
import { type StepType, stepTypes } from './vocabulary.ts'
import { fieldRows, requiredFields } from './yaml-fields.ts'

const expression: Json = { type: 'string', pattern: '<\\+.*>' }
const scalar: Json = { type: ['string', 'number', 'boolean'] }
const items: Json = { anyOf: [{ type: 'array', items: scalar }, { type: 'string' }] }
const map: Json = { anyOf: [{ type: 'object', additionalProperties: scalar }, expression] }

const shapes = {
  text: { type: ['string', 'number'] },
  flag: { anyOf: [{ type: 'boolean' }, expression, { enum: ['true', 'false'] }] },
  count: { anyOf: [{ type: 'integer', minimum: 0 }, expression] },
  list: items,
  semicolons: items,
  specs: items,
  hosts: items,
  pairs: map,
  'semicolon-pairs': map,
} as const satisfies Record<Kind, Json>

export interface SpecSchema {
  readonly properties: Readonly<Record<string, Json>>
  readonly required: readonly string[]
  /** Fields of which one is enough. */
  readonly anyOf: readonly Json[]
}

export function specSchema(stepType: StepType): SpecSchema {
  const variant = stepTypes[stepType]
  const properties = [...fieldRows(variant)].map(([field, key]) => [field, propertyOf(rows[key])] as const)
  const single = requiredFields[variant].filter((oneOf) => oneOf.length === 1).flat()
  const either = requiredFields[variant].filter((oneOf) => oneOf.length > 1).flat()
  return { properties: Object.fromEntries(properties), required: single, anyOf: either.map((field) => ({ required: [field] })) }
}

function propertyOf(row: Row | undefined): Json {
  if (row === undefined) return {}
  const shape: Record<string, Json> = row.yaml?.means === undefined ? shapes[row.kind] : shapes.flag
  return { ...shape, description: row.doc }
}
