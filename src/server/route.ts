/** What a route is: one entry of a table, from which requests are checked and answered and the OpenAPI document is rendered. */
import * as v from 'valibot'
import type { ServerParts } from './parts.ts'

export type Fields = Readonly<Record<string, v.GenericSchema>>
type Values<F extends Fields> = { readonly [K in keyof F]: v.InferOutput<F[K]> }

export interface Asked<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Where a lost stream is to go on. */
  readonly lastEventId: string | undefined
  /** Aborts when whoever asked has gone, or the server ends. */
  readonly signal: AbortSignal
}

export type Answer =
  | { readonly kind: 'json'; readonly value: unknown }
  | {
      readonly kind: 'stream'
      readonly type: string
      readonly headers?: Readonly<Record<string, string>>
      readonly parts: AsyncGenerator<Uint8Array>
    }

/** What a good answer is made of. */
export type AnswerForm =
  | { readonly as: 'json'; readonly status: 200 | 201 | 202; readonly schema: v.GenericSchema }
  | { readonly as: 'text/event-stream' | 'text/plain'; readonly status: 200; readonly about: string }

export interface Route<P = unknown, Q = unknown, B = unknown> {
  readonly method: 'get' | 'post' | 'delete'
  /** As OpenAPI writes it: `/api/runs/{run}`. */
  readonly path: string
  /** A verb and a noun; programs that are generated from the document call it so. */
  readonly name: string
  readonly about: string
  /** Refused in read-only mode, and to pages of others. */
  readonly writes: boolean
  readonly params: Fields
  readonly query: Fields
  readonly body?: v.GenericSchema
  readonly answer: AnswerForm
  /** Codes of the problems that belong to it, for the document. */
  readonly problems: readonly string[]
  handle(asked: Asked<P, Q, B>, parts: ServerParts): Promise<Answer>
}

interface RouteSpec<P extends Fields, Q extends Fields, B extends v.GenericSchema> {
  readonly method: Route['method']
  readonly path: string
  readonly name: string
  readonly about: string
  readonly writes?: true
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer: AnswerForm
  readonly problems?: readonly string[]
  handle(asked: Asked<Values<P>, Values<Q>, v.InferOutput<B>>, parts: ServerParts): Promise<Answer>
}

const nothing = {} as const

/** What the schemas let through is what the handler gets: so the types of the one are those of the other. */
export function route<P extends Fields = typeof nothing, Q extends Fields = typeof nothing, B extends v.GenericSchema = v.UndefinedSchema<undefined>>(
  spec: RouteSpec<P, Q, B>,
): Route {
  return { writes: false, params: nothing, query: nothing, problems: [], ...spec } as unknown as Route
}

export function json(value: unknown): Answer {
  return { kind: 'json', value }
}

/** A whole number in a query. */
export function count(o: { readonly most: number; readonly least?: number }) {
  const { most, least = 0 } = o
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, 'a whole number'),
    v.transform(Number),
    v.minValue(least, `at least ${least}`),
    v.maxValue(most, `at most ${most}`),
    v.metadata({ type: 'integer', minimum: least, maximum: most, pattern: undefined }),
  )
}

export function flag() {
  return v.pipe(
    v.picklist(['true', 'false']),
    v.transform((text) => text === 'true'),
    v.metadata({ type: 'boolean', enum: undefined }),
  )
}
