/** JSON Schema of the schemas that the routes use: one source for what is checked and what is told. */
import type * as v from 'valibot'

export type JsonSchema = Readonly<Record<string, unknown>>

interface Shape {
  readonly type: string
  readonly [part: string]: unknown
}

/** One line per kind of schema; a kind that is missing is a defect, found by the test that renders all routes. */
const kinds: Readonly<Record<string, (schema: Shape) => JsonSchema>> = {
  string: () => ({ type: 'string' }),
  number: () => ({ type: 'number' }),
  boolean: () => ({ type: 'boolean' }),
  unknown: () => ({}),
  literal: ({ literal }) => ({ const: literal }),
  picklist: ({ options }) => ({ type: 'string', enum: options }),
  array: ({ item }) => ({ type: 'array', items: toJsonSchema(item as Shape) }),
  record: ({ value }) => ({ type: 'object', additionalProperties: toJsonSchema(value as Shape) }),
  optional: ({ wrapped }) => toJsonSchema(wrapped as Shape),
  exact_optional: ({ wrapped }) => toJsonSchema(wrapped as Shape),
  nullable: ({ wrapped }) => ({ anyOf: [toJsonSchema(wrapped as Shape), { type: 'null' }] }),
  union: ({ options }) => ({ anyOf: (options as readonly Shape[]).map(toJsonSchema) }),
  lazy: () => ({}),
  object: ({ entries }) => objectOf(entries as Readonly<Record<string, Shape>>),
  strict_object: ({ entries }) => ({ ...objectOf(entries as Readonly<Record<string, Shape>>), additionalProperties: false }),
  loose_object: ({ entries }) => objectOf(entries as Readonly<Record<string, Shape>>),
}

export function toJsonSchema(schema: Shape | v.GenericSchema): JsonSchema {
  const shape = schema as Shape
  const render = kinds[shape.type]
  if (render === undefined) throw new Error(`no JSON Schema for a schema of kind ${shape.type}`)
  const actions = ((shape['pipe'] as readonly Shape[] | undefined) ?? []).slice(1)
  return Object.assign({}, render(shape), ...actions.map(actionOf)) as JsonSchema
}

/** Texts of a query that mean numbers say so by metadata. */
function actionOf(action: Shape): JsonSchema {
  switch (action.type) {
    case 'description':
      return { description: action['description'] }
    case 'metadata':
      return action['metadata'] as JsonSchema
    case 'max_length':
      return { maxLength: action['requirement'] }
    case 'min_length':
      return { minLength: action['requirement'] }
    case 'regex':
      return { pattern: (action['requirement'] as RegExp).source }
    default:
      return {}
  }
}

export function isOptional(schema: Shape | v.GenericSchema): boolean {
  return schema.type === 'optional' || schema.type === 'exact_optional'
}

function objectOf(entries: Readonly<Record<string, Shape>>): JsonSchema {
  const required = Object.keys(entries).filter((name) => !isOptional(entries[name] as Shape))
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(entries).map(([name, schema]) => [name, toJsonSchema(schema)])),
    ...(required.length > 0 && { required }),
  }
}
