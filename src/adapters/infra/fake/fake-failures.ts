/** Failures that a step can pretend, by the kind that failure strategies ask for: each is a problem that really comes up as that kind. */
import { type Problem, problem } from '../../../base/problem.ts'
import type { FailureKind } from '../../../pipeline/failure-kinds.ts'

const reason = 'infrastructure fake was told to fail so'
const registry = 'registry.fake'
const what = 'acme/app'

export const fakeFailures = {
  Unknown: () => problem('DELIVERY_FAILED', { target: `${registry}/${what}`, reason }),
  Authentication: () => problem('REGISTRY_UNAUTHORIZED', { registry, what, reason }),
  Authorization: () => problem('REGISTRY_DENIED', { registry, what, reason }),
  Connectivity: () => problem('REGISTRY_UNREACHABLE', { registry, reason }, { retryable: true }),
  Timeout: () => problem('STEP_TIMEOUT', { timeout: 'its fake limit' }),
  InfrastructureFailure: () => problem('STEP_START_FAILED', { program: 'step', reason }),
  ConfigurationFailure: () => problem('VALUE_NOT_KNOWN', { source: '<+fake>', until: reason }),
  RetryableTransientFailure: () => problem('REGISTRY_RATE_LIMITED', { registry, what, reason }, { retryable: true }),
} as const satisfies Partial<Record<FailureKind, () => Problem>>

export type FakeFailure = keyof typeof fakeFailures
