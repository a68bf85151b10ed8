/** A token of Azure for a login of one registry: https://learn.microsoft.com/azure/container-registry/container-registry-authentication */
import { problem } from '../../../base/problem.ts'
import { askCloud } from '../cloud/cloud-http.ts'
import type { Expiring } from '../cloud/renewed.ts'
import { readFault, readRefreshToken } from '../cloud/schema.ts'
import { endOf } from '../cloud/signed-token.ts'
import type { AzureAsking } from './azure-tokens.ts'

/** Without a word about it they last three hours; two are safe. */
const usualMs = 2 * 3_600_000

export async function acrExchange(registry: string, token: string, tenant: string | undefined, o: AzureAsking): Promise<Expiring<string>> {
  const form = { grant_type: 'access_token', service: registry, ...(tenant !== undefined && { tenant }), access_token: token }
  const service = `the registry ${registry}`
  const answer = await askCloud({ service, what: 'a login', url: `https://${registry}/oauth2/exchange`, form }, o.world, o)
  const found = answer.status === 200 ? readRefreshToken(answer.text) : undefined
  const { from, at } = o.owner
  if (found === undefined) {
    const reason = (reasonOf(answer.text) || `it answers with status ${answer.status} and no explanation`).replaceAll(token, '***')
    if (answer.status === 401 || answer.status === 403)
      throw problem(
        'CLOUD_PERMISSION_MISSING',
        { from, action: `log in to ${registry}`, reason },
        { at, hint: 'Give the identity AcrPull or AcrPush on this registry, and check the tenant.' },
      )
    throw problem('CLOUD_SERVICE_FAILED', { service, what: 'the exchange of a token for a login', reason }, { at })
  }
  o.world.onSecret(found)
  return { value: found, until: endOf(found) ?? o.world.clock.now() + usualMs }
}

/** Registries speak of errors as the distribution specification does. */
function reasonOf(body: string): string {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1]
  return message ?? readFault(body).reason
}
