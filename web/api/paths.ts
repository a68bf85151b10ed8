/** Addresses of the API. */
import { withQuery } from '../router.ts'

const one = encodeURIComponent
type Query = Readonly<Record<string, string | number | undefined>>

const query = (values: Query): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))

export const paths = {
  server: '/api/server',
  session: '/api/session',
  pipelines: '/api/pipelines',
  form: (pipeline: string): string => `/api/pipelines/${one(pipeline)}/form`,
  runs: (filter: Query = {}): string => withQuery('/api/runs', query(filter)),
  run: (run: string): string => `/api/runs/${one(run)}`,
  stream: (run: string, after: number): string => withQuery(`/api/runs/${one(run)}/events/stream`, query({ output: 'none', after })),
  log: (run: string, step: string, from: number, count: number): string => withQuery(`/api/runs/${one(run)}/logs`, query({ step, from, count })),
  logSearch: (run: string, step: string, text: string, from?: number): string =>
    withQuery(`/api/runs/${one(run)}/logs/search`, query({ step, text, from, limit: 10_000 })),
  logFile: (run: string, step: string): string => withQuery(`/api/runs/${one(run)}/logs/download`, query({ step, plain: 'true' })),
} as const
