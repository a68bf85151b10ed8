/** Problems as answers: a status by the code, and the same words as everywhere. */
import type { Code } from '../base/codes.ts'
import { isProblem } from '../base/problem.ts'

const statuses: Partial<Record<Code, number>> = {
  API_ROUTE_UNKNOWN: 404,
  RUN_NOT_FOUND: 404,
  PIPELINE_NOT_SERVED: 404,
  API_REQUEST_BAD: 400,
  API_BODY_LARGE: 413,
  API_BODY_SLOW: 408,
  API_TOKEN_NEEDED: 401,
  API_ORIGIN_REFUSED: 403,
  API_READ_ONLY: 403,
  RUN_OVER: 409,
  RUN_ANSWERED: 409,
  RUN_ASKS_NOTHING: 409,
  RERUN_NOTHING_FAILED: 409,
}

export interface Failure {
  readonly status: number
  readonly body: object
}

/** `tell` hears of defects; whoever asked is only told that there was one. */
export function failureOf(error: unknown, tell: (text: string) => void): Failure {
  if (isProblem(error)) {
    const { diagnostic, others } = error
    return { status: statuses[error.code] ?? 422, body: { error: diagnostic, ...(others.length > 0 && { others }) } }
  }
  tell(`slipway: a defect of the server: ${error instanceof Error ? error.stack : String(error)}\n`)
  return { status: 500, body: { error: { code: 'DEFECT', severity: 'error', message: 'a defect of the server; its terminal tells more' } } }
}
