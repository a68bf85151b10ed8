/** What Google's token services say no with, as our problems. */
import { type Problem, problem } from '../../../base/problem.ts'
import type { CloudAnswer } from '../cloud/cloud-http.ts'
import type { Owner } from '../cloud/cloud-world.ts'
import { readFault } from '../cloud/schema.ts'

export interface GoogleAsked {
  readonly owner: Owner
  readonly service: string
  readonly what: string
  /** The account or provider that was to be acted as. */
  readonly role?: string
  /** What the answer must not repeat. */
  readonly secrets: readonly string[]
}

export function googleProblem(answer: CloudAnswer, { owner, service, what, role, secrets }: GoogleAsked): Problem {
  const fault = readFault(answer.text)
  const told = fault.reason || `it answers with status ${answer.status} and no explanation`
  const reason = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), told)
  const { from, at } = owner
  if (/reasonable timeframe|iat and exp/i.test(reason)) return problem('CLOUD_CLOCK_OFF', { service, from, reason }, { at })
  if (/\bexpired\b|is stale/i.test(reason)) return problem('CLOUD_CREDENTIALS_EXPIRED', { service, from, reason }, { at })
  if (role !== undefined && answer.status >= 400 && answer.status < 500) return problem('CLOUD_ROLE_REFUSED', { service, from, role, reason }, { at })
  if (answer.status === 403) return problem('CLOUD_PERMISSION_MISSING', { from, action: `get ${what}`, reason }, { at })
  if (answer.status === 404) return problem('CLOUD_CREDENTIALS_MISSING', { from, registry: 'Google', reason: `${service}: ${reason}` }, { at })
  if (answer.status >= 400 && answer.status < 500) return problem('CLOUD_CREDENTIALS_REFUSED', { service, from, reason }, { at })
  const unclear = answer.status === 200 ? 'the answer holds no token' : reason
  return problem('CLOUD_SERVICE_FAILED', { service, what, reason: unclear }, { at })
}
