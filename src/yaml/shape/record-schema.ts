/** The JSON Schema of a record: properties with their docs, what is required, defaults. */
import type { Json } from '../../base/json.ts'
import type { Field, Fields } from './field.ts'
import type { Leaving, RecordOptions } from './record.ts'
import { type JsonSchema, type SchemaContext, withDoc } from './shape.ts'

export function recordSchema(fields: Fields, o: RecordOptions, leaving: Leaving, context: SchemaContext): JsonSchema {
  const make = (): JsonSchema => {
    const properties = { ...leaving, ...Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldSchema(field, context)])) }
    const needed = [...Object.keys(leaving), ...Object.keys(fields).filter((key) => fields[key]?.need === 'required')]
    const body: JsonSchema = {
      type: 'object',
      properties,
      ...(needed.length > 0 && { required: needed }),
      ...((o.unknown ?? 'error') !== 'ignore' && { additionalProperties: false }),
    }
    return withDoc(body, o.doc)
  }
  // A variant with keys left to others is not the named definition itself.
  return o.name === undefined ? make() : context.define(definitionName(o.name, leaving), make)
}

function definitionName(name: string, leaving: Leaving): string {
  const words = [name, ...Object.values(leaving).map((schema) => (typeof schema['const'] === 'string' ? schema['const'] : ''))]
  return words
    .filter((word) => word !== '')
    .join('_')
    .replace(/[^\w.-]+/g, '_')
}

function fieldSchema(field: Field, context: SchemaContext): JsonSchema {
  if (field.need === 'known') return field.reason === undefined ? {} : { description: `Has no effect here: ${field.reason}` }
  const schema = field.shape.schema(context)
  const doc = field.shape.doc
  const described = doc === undefined || schema['description'] !== undefined ? schema : withDoc(schema, doc)
  return field.need === 'defaulted' && isJson(field.fallback) ? { ...described, default: field.fallback } : described
}

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  return Array.isArray(value) && value.every(isJson)
}
