/** Orders to the server: what changes something. */
import { type Answer, post } from './client.ts'

export type Choice = 'retry' | 'ignore' | 'mark-success' | 'mark-failure' | 'abort'

export interface StartOrder {
  readonly pipeline: string
  readonly inputs: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
  readonly stages: readonly string[]
  readonly branch?: string
  readonly on?: string
}

interface Ordered {
  /** The id that the run will have. */
  readonly run: string
}

const of = (run: string, what: string): string => `/api/runs/${encodeURIComponent(run)}/${what}`

export const start = (order: StartOrder): Promise<Answer<Ordered>> => post('/api/runs', order)
export const abort = (run: string): Promise<Answer<unknown>> => post(of(run, 'abort'))
export const rerun = (run: string, fromFailed: boolean): Promise<Answer<Ordered>> => post(of(run, 'rerun'), { fromFailed })
export const answer = (run: string, step: string, choice: Choice): Promise<Answer<unknown>> => post(of(run, 'answer'), { step, choice })
export const signIn = (token: string): Promise<Answer<unknown>> => post('/api/session', { token })
