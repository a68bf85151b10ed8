/** Which kind of failure an outcome is, for failure strategies. */
import type { Code } from '../base/codes.ts'
import type { FailureKind } from '../pipeline/failure-kinds.ts'
import type { Outcome } from './outcome.ts'

/** Codes that say more than that something failed, by their beginnings; the longest that fits counts. */
const byCode: readonly (readonly [string, FailureKind])[] = [
  ['STEP_TIMEOUT', 'Timeout'],
  ['STAGE_TIMEOUT', 'Timeout'],
  ['GROUP_TIMEOUT', 'Timeout'],
  ['REGISTRY_UNAUTHORIZED', 'Authentication'],
  ['CREDENTIAL', 'Authentication'],
  ['REGISTRY_DENIED', 'Authorization'],
  ['REGISTRY_UNREACHABLE', 'Connectivity'],
  ['REGISTRY_TLS', 'Connectivity'],
  ['REGISTRY_TOKEN_REFUSED', 'Authentication'],
  ['REGISTRY_RATE_LIMITED', 'RetryableTransientFailure'],
  ['CLOUD_CREDENTIALS', 'Authentication'],
  ['CLOUD_ROLE_REFUSED', 'Authorization'],
  ['CLOUD_PERMISSION_MISSING', 'Authorization'],
  ['CLOUD_SERVICE_FAILED', 'RetryableTransientFailure'],
  ['GIT_HOST_UNKNOWN', 'Connectivity'],
  ['GIT_UNREACHABLE', 'Connectivity'],
  ['GIT_CERTIFICATE', 'Connectivity'],
  ['GIT_HOST_KEY', 'Authentication'],
  ['GIT_UNAUTHORIZED', 'Authentication'],
  ['GIT_LOGIN_MISFIT', 'ConfigurationFailure'],
  ['GIT_REPOSITORY_MISSING', 'ConfigurationFailure'],
  ['GIT_REVISION', 'ConfigurationFailure'],
  ['CODEBASE_NO_REPOSITORY', 'ConfigurationFailure'],
  ['STEP_CACHE_STORE_FAILED', 'RetryableTransientFailure'],
  ['STEP_CACHE_STORE_REFUSED', 'Authorization'],
  ['STEP_CACHE_CONNECTOR_WRONG', 'ConfigurationFailure'],
  ['STEP_CACHE_KEY', 'ConfigurationFailure'],
  ['INFRA', 'InfrastructureFailure'],
  ['WORKSPACE', 'InfrastructureFailure'],
  ['STEP_START_FAILED', 'InfrastructureFailure'],
  ['STEP_LIMIT_INVALID', 'ConfigurationFailure'],
  ['STEP_IMAGE_PULL_DENIED', 'Authentication'],
  ['STEP_IMAGE_PULL_FAILED', 'Connectivity'],
  ['INFRA_DOCKER_NO_IMAGE', 'ConfigurationFailure'],
  ['VALUE_', 'ConfigurationFailure'],
  ['EXPR', 'ConfigurationFailure'],
  ['SECRET_', 'ConfigurationFailure'],
  ['MODEL_', 'ConfigurationFailure'],
  ['PLAN_', 'ConfigurationFailure'],
  ['JOB_', 'ConfigurationFailure'],
  ['SETTING', 'ConfigurationFailure'],
  ['FAKE_', 'ConfigurationFailure'],
  ['STEP_NOT_SUPPORTED', 'ConfigurationFailure'],
]

/** What did not end well, by kind. A command's exit code says nothing about why, so that is Unknown. */
export function failureKindOf(outcome: Outcome): FailureKind | undefined {
  switch (outcome.kind) {
    case 'passed':
    case 'skipped':
    case 'aborted':
      return undefined
    case 'failed':
      return outcome.exit.kind === 'out-of-memory' ? 'ResourceLimitsFailure' : kindOfCode(outcome.problem?.code)
    case 'errored':
      return kindOfCode(outcome.problem.code)
  }
}

function kindOfCode(code: Code | undefined): FailureKind {
  const fitting = byCode.filter(([start]) => code?.startsWith(start) === true)
  return fitting.sort(([a], [b]) => b.length - a.length)[0]?.[1] ?? 'Unknown'
}
