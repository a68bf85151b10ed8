/** What Azure's services say no with, as our problems: by the number that Entra gives every error. */
import { type Problem, problem } from '../../../base/problem.ts'
import type { CloudAnswer } from '../cloud/cloud-http.ts'
import type { Owner } from '../cloud/cloud-world.ts'
import { readFault } from '../cloud/schema.ts'

export interface AzureAsked {
  readonly owner: Owner
  readonly service: string
  readonly what: string
  /** The client or identity that asked. */
  readonly client: string
  /** The identity token is somebody else's, so its times are not ours to mend. */
  readonly federated: boolean
  readonly secrets: readonly string[]
}

type Kind = 'expired' | 'untrusted' | 'clock' | 'refused'

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const kinds: Readonly<Record<string, Kind>> = {
  '7000222': 'expired',
  '700024': 'clock',
  '70021': 'untrusted',
  '700211': 'untrusted',
  '700212': 'untrusted',
  '700213': 'untrusted',
  '700223': 'untrusted',
}

export function azureProblem(answer: CloudAnswer, { owner, service, what, client, federated, secrets }: AzureAsked): Problem {
  const fault = readFault(answer.text)
  const told = fault.reason || `it answers with status ${answer.status} and no explanation`
  const reason = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), told)
  const { from, at } = owner
  const kind = kinds[/AADSTS(\d+)/.exec(reason)?.[1] ?? ''] ?? (/\bexpired\b/i.test(reason) ? 'expired' : 'refused')
  if (answer.status === 200 || answer.status >= 500) {
    const unclear = answer.status === 200 ? 'the answer holds no token' : reason
    return problem('CLOUD_SERVICE_FAILED', { service, what, reason: unclear }, { at })
  }
  if (kind === 'expired' || (kind === 'clock' && federated)) return problem('CLOUD_CREDENTIALS_EXPIRED', { service, from, reason }, { at })
  if (kind === 'clock') return problem('CLOUD_CLOCK_OFF', { service, from, reason }, { at })
  if (kind === 'untrusted') return problem('CLOUD_ROLE_REFUSED', { service, from, role: client, reason }, { at })
  return problem('CLOUD_CREDENTIALS_REFUSED', { service, from, reason }, { at })
}
