/** Registries without the referrers API, as the specification's fallback describes them. */
import type { ServerResponse } from 'node:http'
import { testClient } from '../../test/support/registry/embedded.ts'
import { registryContract } from '../../test/support/registry/registry-contract.ts'
import { sabotaged } from '../../test/support/registry/sabotaged.ts'

let count = 0
const freshRepository = () => `old/app-${++count}`

/** Does not let the registry tell that it knows subjects. */
function silent(response: ServerResponse): void {
  const write = response.writeHead.bind(response) as (status: number, headers: Record<string, string>) => ServerResponse
  response.writeHead = ((status: number, headers: Record<string, string> = {}) => {
    const { 'oci-subject': _, ...rest } = headers
    return write(status, rest)
  }) as typeof response.writeHead
}

for (const [name, status, type] of [
  ['404', 404, 'application/json'],
  ['a page for people', 200, 'text/html'],
] as const) {
  registryContract(`a registry that answers the referrers API with ${name}`, async () => {
    const registry = await sabotaged((request, response) => {
      silent(response)
      if (request.url?.includes('/referrers/') !== true) return false
      response.writeHead(status, { 'content-type': type }).end('<html>')
      return true
    })
    return { registry, client: testClient(), freshRepository }
  })
}
