/** The embedded registry keeps the registry contract, also behind a password and behind a host mapping. */
import { describe, expect, it } from 'vitest'
import { embeddedRegistry, fixedCredentials, testClient } from '../../../test/support/registry/embedded.ts'
import { registryContract } from '../../../test/support/registry/registry-contract.ts'
import { randomImage } from '../../oci/random-image.ts'
import { pull } from '../pull.ts'
import { push } from '../push.ts'
import { basicAuth } from './access-rule.ts'

let count = 0
const freshRepository = () => `acme/app-${++count}`
const signal = new AbortController().signal

registryContract('embedded registry', async () => {
  const { registry } = await embeddedRegistry()
  return { registry, client: testClient(), freshRepository }
})

registryContract('embedded registry with a password', async () => {
  const { registry } = await embeddedRegistry({ auth: basicAuth({ ann: 's:cret' }) })
  return { registry, client: testClient({ auth: fixedCredentials({ kind: 'basic', username: 'ann', password: 's:cret' }) }), freshRepository }
})

registryContract('embedded registry under a mapped name and path', async () => {
  const { url } = await embeddedRegistry()
  const hosts = [{ match: '*.dkr.ecr.*.amazonaws.com', endpoint: `${url}/mirror/ecr` }]
  return { registry: '123.dkr.ecr.eu-west-1.amazonaws.com', client: testClient({ hosts }), freshRepository }
})

describe('embedded registry', () => {
  it('turns away those without the password', async () => {
    const { registry } = await embeddedRegistry({ auth: basicAuth({ ann: 'secret' }) })
    const to = { registry, repository: 'a', tags: ['1'] }
    await expect(push(await randomImage(), to, { client: testClient(), signal })).rejects.toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
    const wrong = testClient({ auth: fixedCredentials({ kind: 'basic', username: 'ann', password: 'guess-me' }) })
    const failure = await push(await randomImage(), to, { client: wrong, signal }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'REGISTRY_UNAUTHORIZED' })
    expect(String(failure)).not.toContain('guess-me')
  })

  it('changes nothing when it is read-only', async () => {
    const { registry, dir } = await embeddedRegistry()
    const to = { registry, repository: 'a/b', tag: '1', tags: ['1'] }
    await push(await randomImage(), to, { client: testClient(), signal })
    const frozen = await embeddedRegistry({ dir, readOnly: true })
    const client = testClient()
    expect(await (await pull({ ...to, registry: frozen.registry }, { client, signal })).digest()).toBe(await (await randomImage()).digest())
    await expect(push(await randomImage({ seed: 5 }), { ...to, registry: frozen.registry }, { client, signal })).rejects.toMatchObject({
      code: 'REGISTRY_REFUSED',
    })
  })
})
