/** Writes a shape as one JSON Schema 2020-12 document. */
import type { AnyShape, JsonSchema, SchemaContext } from './shape.ts'

export interface SchemaHead {
  readonly id?: string
  readonly title?: string
}

export function jsonSchema(shape: AnyShape, head: SchemaHead = {}): JsonSchema {
  const definitions = new Map<string, JsonSchema>()
  const context: SchemaContext = {
    define(name, make) {
      if (!definitions.has(name)) {
        definitions.set(name, {}) // stands in while `make` runs, so that recursion ends
        definitions.set(name, make())
      }
      return { $ref: `#/$defs/${name}` }
    },
  }
  const body = shape.schema(context)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(head.id !== undefined && { $id: head.id }),
    ...(head.title !== undefined && { title: head.title }),
    ...body,
    ...(definitions.size > 0 && { $defs: Object.fromEntries(definitions) }),
  }
}
