/** Requests to the server that the page came from. Nothing here throws: an answer is a value or a failure with words for people. */

export interface Failure {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly hint?: string
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

export interface Asking {
  readonly signal?: AbortSignal
}

export function get<T>(path: string, o: Asking = {}): Promise<Answer<T>> {
  return request<T>(path, { method: 'GET', ...o })
}

export function post<T>(path: string, body: unknown = {}, o: Asking = {}): Promise<Answer<T>> {
  return request<T>(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, ...o })
}

async function request<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin' })
    const text = await response.text()
    if (response.ok) return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as T }
    return { ok: false, failure: failureOf(response.status, text) }
  } catch (error) {
    if (init.signal?.aborted === true) return { ok: false, failure: { status: 0, code: 'ABORTED', message: 'No longer wanted.' } }
    const message = error instanceof SyntaxError ? 'The server answered with something that is no JSON.' : 'The server does not answer.'
    return { ok: false, failure: { status: 0, code: 'SERVER_SILENT', message, hint: 'Is `slipway serve` still running?' } }
  }
}

/** A problem as the server tells it; a proxy in between may answer with anything. */
function failureOf(status: number, text: string): Failure {
  try {
    const said: unknown = JSON.parse(text)
    const body = isRecord(said) && isRecord(said['error']) ? said['error'] : said
    if (isRecord(body) && typeof body['message'] === 'string') {
      const { code, message, hint } = body
      return { status, code: typeof code === 'string' ? code : `HTTP_${status}`, message, ...(typeof hint === 'string' && { hint }) }
    }
  } catch {}
  return { status, code: `HTTP_${status}`, message: `The server answered ${status}.` }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
