/** Tokens of Azure, asked for directly: from Entra as an application, or from the service beside the machine. */
import { randomUUID } from 'node:crypto'
import { problem } from '../../../base/problem.ts'
import { askCloud, type CloudAnswer, type CloudAsk } from '../cloud/cloud-http.ts'
import type { CloudWorld, Owner, Waiting } from '../cloud/cloud-world.ts'
import type { Expiring } from '../cloud/renewed.ts'
import { readAccessToken } from '../cloud/schema.ts'
import { azureProblem } from './azure-problem.ts'
import type { AzureApp } from './azure-way.ts'
import { clientAssertion } from './client-assertion.ts'

export interface AzureAsking extends Waiting {
  readonly owner: Owner
  readonly world: CloudWorld
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
export async function tokenOfApp(app: AzureApp, o: AzureAsking & { readonly authority: string; readonly audience: string }): Promise<Expiring<string>> {
  const url = `${o.authority}/${encodeURIComponent(app.tenant)}/oauth2/v2.0/token`
  const { proof, secret } = await proofOf(app, url, o)
  o.world.onSecret(secret)
  const form = { grant_type: 'client_credentials', client_id: app.clientId, scope: `${o.audience}/.default`, ...proof }
  const ask: CloudAsk = { service: 'Entra of Azure', what: `a token of the client ${app.clientId}`, url, form }
  return tokenFrom(await askCloud(ask, o.world, o), ask, { ...o, client: app.clientId, federated: app.proof.kind === 'federated', secrets: [secret] })
}

async function proofOf(
  app: AzureApp,
  audience: string,
  o: AzureAsking,
): Promise<{ readonly proof: Readonly<Record<string, string>>; readonly secret: string }> {
  switch (app.proof.kind) {
    case 'secret': {
      const secret = await app.proof.read(o)
      return { proof: { client_secret: secret }, secret }
    }
    case 'federated': {
      const token = await app.proof.token.read()
      return { proof: { client_assertion_type: assertionType, client_assertion: token }, secret: token }
    }
    case 'certificate': {
      const content = await app.proof.read(o)
      const made = clientAssertion(content, { clientId: app.clientId, audience, clock: o.world.clock, id: randomUUID() })
      if (!made.ok) throw problem('CLOUD_CREDENTIALS_UNREADABLE', { what: 'client certificate', from: o.owner.from, reason: made.reason }, { at: o.owner.at })
      return { proof: { client_assertion_type: assertionType, client_assertion: made.text }, secret: made.text }
    }
  }
}

/** https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token , and its sibling of App Service. */
export async function tokenOfMachine(clientId: string | undefined, audience: string, o: AzureAsking): Promise<Expiring<string>> {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header, AZURE_POD_IDENTITY_AUTHORITY_HOST: host } = o.world.env
  const query = (version: string) => new URLSearchParams({ 'api-version': version, resource: audience, ...(clientId !== undefined && { client_id: clientId }) })
  const beside = endpoint && header
  const imds = `${host || 'http://169.254.169.254'}/metadata/identity/oauth2/token?${query('2018-02-01')}`
  const ask: CloudAsk = {
    service: 'the managed identity service of Azure',
    what: 'a token of this machine',
    url: beside ? `${endpoint}?${query('2019-08-01')}` : imds,
    headers: beside ? { 'x-identity-header': header } : { metadata: 'true' },
    attempts: 2,
    patienceMs: 5000,
  }
  const answer = await askCloud(ask, o.world, o).catch((cause: unknown) => {
    o.signal.throwIfAborted()
    const reason = 'no secret, certificate or identity token is given, and the identity service does not answer: this machine is none of Azure’s'
    throw problem('CLOUD_CREDENTIALS_MISSING', { from: o.owner.from, registry: 'Azure', reason }, { cause, at: o.owner.at })
  })
  return tokenFrom(answer, ask, { ...o, client: clientId ?? 'the identity of this machine', federated: false, secrets: [] })
}

interface Judging extends AzureAsking {
  readonly client: string
  readonly federated: boolean
  readonly secrets: readonly string[]
}

function tokenFrom(answer: CloudAnswer, ask: CloudAsk, o: Judging): Expiring<string> {
  const found = answer.status === 200 ? readAccessToken(answer.text) : undefined
  if (found === undefined) throw azureProblem(answer, { ...o, service: ask.service, what: ask.what })
  o.world.onSecret(found.token)
  return { value: found.token, until: o.world.clock.now() + found.seconds * 1000 }
}
