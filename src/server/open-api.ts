/** The OpenAPI document, rendered from the table of routes. */
import * as v from 'valibot'
import { isOptional, type JsonSchema, toJsonSchema } from './json-schema.ts'
import type { Fields, Route } from './route.ts'
import { diagnostic } from './schemas/run-schema.ts'

const failure = toJsonSchema(v.object({ error: diagnostic, others: v.optional(v.array(diagnostic)) }))

export function openApi(routes: readonly Route[], version: string): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) }
  return {
    openapi: '3.1.0',
    info: { title: 'Slipway', version, description: 'Runs of pipelines: looked at, started, stopped and answered. See docs/api.md.' },
    security: [{}, { token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'needed where the server listens beyond this machine' } } },
  }
}

function operation(route: Route): JsonSchema {
  const { answer } = route
  const good =
    answer.as === 'json'
      ? { description: 'done', content: { 'application/json': { schema: toJsonSchema(answer.schema) } } }
      : { description: answer.about, content: { [answer.as]: { schema: { type: 'string' } } } }
  return {
    operationId: route.name,
    summary: route.about,
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body !== undefined && { requestBody: { required: true, content: { 'application/json': { schema: toJsonSchema(route.body) } } } }),
    responses: {
      [String(answer.status)]: good,
      default: {
        description: `a problem, with its code${route.problems.length === 0 ? '' : `: ${route.problems.join(', ')}`}`,
        content: { 'application/json': { schema: failure } },
      },
    },
  }
}

function parameters(where: 'path' | 'query', fields: Fields): readonly JsonSchema[] {
  return Object.entries(fields).map(([name, schema]) => {
    const { description, ...rest } = toJsonSchema(schema)
    return { name, in: where, required: !isOptional(schema), ...(description !== undefined && { description }), schema: rest }
  })
}
