/** When no answer came at all: why, in words, and whether another try may help. */
import { isProblem, type Problem, problem } from '../base/problem.ts'

interface Trouble {
  readonly reason: string
  readonly retryable: boolean
}

const troubles: Readonly<Record<string, Trouble>> = {
  ECONNREFUSED: { reason: 'nothing listens there', retryable: true },
  ENOTFOUND: { reason: 'the name is not known', retryable: false },
  EAI_AGAIN: { reason: 'the name service does not answer', retryable: true },
  ECONNRESET: { reason: 'the connection was cut', retryable: true },
  EPIPE: { reason: 'the connection was cut', retryable: true },
  UND_ERR_SOCKET: { reason: 'the connection was cut', retryable: true },
  ERR_STREAM_PREMATURE_CLOSE: { reason: 'the connection was cut', retryable: true },
  ETIMEDOUT: { reason: 'the connection timed out', retryable: true },
  UND_ERR_CONNECT_TIMEOUT: { reason: 'the connection timed out', retryable: true },
  UND_ERR_HEADERS_TIMEOUT: { reason: 'it did not answer in time', retryable: true },
  UND_ERR_BODY_TIMEOUT: { reason: 'it stopped sending', retryable: true },
  EHOSTUNREACH: { reason: 'there is no way to its address', retryable: true },
  ENETUNREACH: { reason: 'there is no way to its network', retryable: true },
}

/** Problems and aborts pass as they are: the body's own source may have failed. */
export function connectionProblem(error: unknown, registry: string, o: { readonly signal: AbortSignal }): unknown {
  if (o.signal.aborted) return o.signal.reason
  if (isProblem(error)) return error
  const { code, text } = innermost(error)
  const trouble = troubles[code]
  if (trouble !== undefined) return unreachable(registry, trouble, error)
  const proxy = /^Proxy response \((\d{3})\)/.exec(text)?.[1]
  if (proxy !== undefined) return unreachable(registry, { reason: `the proxy answers with status ${proxy}`, retryable: /^5/.test(proxy) }, error)
  if (/ALERT_.*CERTIFICATE|ALERT_UNKNOWN_CA/.test(code))
    return problem('REGISTRY_CLIENT_CERTIFICATE', { registry, reason: text.replace(/^.*:SSL alert/s, 'SSL alert').split(':')[0] ?? text }, { cause: error })
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)) return problem('REGISTRY_TLS', { registry, reason: text }, { cause: error })
  if (/ERR_SSL|EPROTO|HPE_/.test(code))
    return unreachable(registry, { reason: 'it does not speak TLS here, or TLS where plain HTTP was tried; see "plainHttp"', retryable: false }, error)
  return unreachable(registry, { reason: text, retryable: code.startsWith('UND_ERR_') && code !== 'UND_ERR_INVALID_ARG' }, error)
}

function unreachable(registry: string, trouble: Trouble, cause: unknown): Problem {
  return problem('REGISTRY_UNREACHABLE', { registry, reason: trouble.reason }, { cause, retryable: trouble.retryable })
}

/** The most telling error: causes and the first of several tries. */
function innermost(error: unknown): { code: string; text: string } {
  let at: unknown = error
  for (let i = 0; i < 5; i++) {
    if (at instanceof AggregateError && at.errors.length > 0) at = at.errors[0]
    else if (at instanceof Error && at.cause instanceof Error && !('code' in at && typeof at.code === 'string' && at.code in troubles)) at = at.cause
    else break
  }
  const code = at instanceof Error && 'code' in at && typeof at.code === 'string' ? at.code : ''
  return { code, text: at instanceof Error ? at.message : String(at) }
}
