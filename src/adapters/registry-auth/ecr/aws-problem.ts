/** What AWS' services say no with, as our problems: by the name of the error, which every service shares. */
import { isProblem, problem } from '../../../base/problem.ts'
import { connectionProblem } from '../../../registry/unreachable-registry.ts'
import type { Owner } from '../cloud/cloud-world.ts'

export interface AwsAsked {
  readonly owner: Owner
  /** "STS of AWS in eu-west-1". */
  readonly service: string
  /** What was asked for: "get a login for ECR". */
  readonly action: string
  /** The role that was to be taken on. */
  readonly role?: string
}

type Kind = 'expired' | 'refused' | 'denied' | 'untrusted' | 'clock' | 'region' | 'missing' | 'failed'

const kinds: Readonly<Record<string, Kind>> = {
  ExpiredToken: 'expired',
  ExpiredTokenException: 'expired',
  InvalidClientTokenId: 'refused',
  UnrecognizedClientException: 'refused',
  InvalidSignatureException: 'refused',
  SignatureDoesNotMatch: 'refused',
  IncompleteSignature: 'refused',
  MissingAuthenticationToken: 'refused',
  AuthFailure: 'refused',
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  InvalidIdentityToken: 'untrusted',
  InvalidIdentityTokenException: 'untrusted',
  IDPRejectedClaim: 'untrusted',
  IDPRejectedClaimException: 'untrusted',
  RequestTimeTooSkewed: 'clock',
  RequestExpired: 'clock',
  RegionDisabledException: 'region',
  RegionDisabled: 'region',
  CredentialsProviderError: 'missing',
  TokenProviderError: 'missing',
}

/** Problems of ours and aborts pass as they are. */
export function awsProblem(error: unknown, asked: AwsAsked, o: { readonly signal: AbortSignal }): unknown {
  if (o.signal.aborted) return o.signal.reason
  if (isProblem(error)) return error
  const { owner, service, action, role } = asked
  const options = { at: owner.at, cause: error }
  const reason = error instanceof Error ? firstLine(error.message) : String(error)
  const { from } = owner
  if (isUnknownHost(error)) return problem('CLOUD_REGION_WRONG', { service, from, reason: 'there is no such service: its name is not known' }, options)
  switch (kindOf(error, reason)) {
    case 'expired':
      return problem('CLOUD_CREDENTIALS_EXPIRED', { service, from, reason }, options)
    case 'refused':
      return problem('CLOUD_CREDENTIALS_REFUSED', { service, from, reason }, options)
    case 'clock':
      return problem('CLOUD_CLOCK_OFF', { service, from, reason }, options)
    case 'region':
      return problem('CLOUD_REGION_WRONG', { service, from, reason }, options)
    case 'missing':
      return problem('CLOUD_CREDENTIALS_MISSING', { from, registry: 'AWS', reason }, options)
    case 'denied':
    case 'untrusted':
      if (role !== undefined) return problem('CLOUD_ROLE_REFUSED', { service, from, role, reason }, options)
      return problem('CLOUD_PERMISSION_MISSING', { from, action, reason }, options)
    case 'failed':
      if (!isAnswer(error)) return connectionProblem(error, service, o)
      return problem('CLOUD_SERVICE_FAILED', { service, what: action, reason }, { ...options, retryable: statusOf(error) >= 500 })
  }
}

function kindOf(error: unknown, reason: string): Kind {
  if (/Signature (?:expired|not yet current)/i.test(reason)) return 'clock'
  return kinds[awsErrorName(error)] ?? 'failed'
}

export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : ''
}

/** The library notes the status of every answer that it got. */
function statusOf(error: unknown): number {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : undefined
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined
  return typeof status === 'number' ? status : 0
}

function isAnswer(error: unknown): boolean {
  return statusOf(error) > 0 || (error instanceof Error && '$response' in error)
}

function isUnknownHost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOTFOUND'
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() || 'it gives no reason'
}
