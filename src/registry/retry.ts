/** Tries again what may work a moment later: exponential back-off, or what Retry-After says. */
import type { Clock } from '../base/clock.ts'
import { isProblem } from '../base/problem.ts'
import { httpFailure } from './failure.ts'

export interface RetryPolicy {
  /** Tries in all. */
  readonly attempts: number
  readonly firstMs: number
  /** No single wait is longer; a registry that asks for more is given up. */
  readonly longestMs: number
}

export const usualRetry: RetryPolicy = { attempts: 5, firstMs: 250, longestMs: 60_000 }

export interface RetryOptions {
  readonly clock: Clock
  readonly policy: RetryPolicy
  readonly signal: AbortSignal
}

/** `attempt` starts from nothing each time. Only Problems that call themselves retryable are tried again. */
export async function withRetry<T>(attempt: () => Promise<T>, o: RetryOptions): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt()
    } catch (error) {
      if (o.signal.aborted) throw o.signal.reason
      const wait = waitAfter(error, tried, o.policy)
      if (wait === undefined) throw error
      await o.clock.sleep(wait, o)
    }
  }
}

/** How long to wait after a failed try, or undefined when there shall be no other. */
export function waitAfter(error: unknown, tried: number, policy: RetryPolicy): number | undefined {
  if (!isProblem(error) || !error.retryable || tried >= policy.attempts) return undefined
  const asked = httpFailure(error)?.retryAfterMs
  if (asked !== undefined && asked > policy.longestMs) return undefined
  return asked ?? Math.min(policy.longestMs, policy.firstMs * 2 ** (tried - 1))
}
