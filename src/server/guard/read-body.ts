/** The body of a request as JSON: not too large, not too slow, and sent as JSON, which forms of other pages cannot. */
import { humanBytes } from '../../base/human.ts'
import { problem } from '../../base/problem.ts'

export interface BodyLimits {
  readonly bytes: number
  readonly ms: number
}

export const usualLimits: BodyLimits = { bytes: 1024 * 1024, ms: 10_000 }

export async function readBody(request: Request, limits: BodyLimits): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? ''))
    throw problem('API_REQUEST_BAD', { what: 'its body must be application/json' })
  if (Number(request.headers.get('content-length') ?? 0) > limits.bytes) throw tooLarge(limits)
  const text = await textOf(request, limits)
  try {
    return JSON.parse(text)
  } catch {
    throw problem('API_REQUEST_BAD', { what: 'its body is no JSON' })
  }
}

async function textOf({ body }: Request, limits: BodyLimits): Promise<string> {
  if (body === null) return ''
  const reader = body.getReader()
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(problem('API_BODY_SLOW', { seconds: limits.ms / 1000 })), limits.ms)
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late.promise])
      if (done) return Buffer.concat(pieces).toString('utf8')
      size += value.length
      if (size > limits.bytes) throw tooLarge(limits)
      pieces.push(value)
    }
  } catch (error) {
    reader.cancel().catch(() => undefined)
    throw error
  } finally {
    clearTimeout(timer)
    late.promise.catch(() => undefined)
  }
}

function tooLarge({ bytes }: BodyLimits): Error {
  return problem('API_BODY_LARGE', { limit: humanBytes(bytes) })
}
