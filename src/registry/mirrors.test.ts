/** Pulling through mirrors: real registries, the first that has it answers. */
import { describe, expect, it } from 'vitest'
import { embeddedRegistry, noCredentials, testClient } from '../../test/support/registry/embedded.ts'
import { sabotaged } from '../../test/support/registry/sabotaged.ts'
import { randomImage } from '../oci/random-image.ts'
import { validate } from '../oci/validate.ts'
import type { RegistryAuth, RegistryTarget } from '../ports/registry-auth.ts'
import { type HostMapping, pullEndpoints } from './endpoint.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import { basicAuth } from './server/access-rule.ts'
import { listTags } from './tags.ts'

const signal = new AbortController().signal

/** The registry `hub.test` with mirrors before it. */
async function behind(mirrors: readonly string[], more: Partial<HostMapping> = {}) {
  const real = await embeddedRegistry()
  const hosts: readonly HostMapping[] = [{ match: 'hub.test', endpoint: real.url, mirrors, ...more }]
  const said: string[] = []
  const client = testClient({ hosts, say: (line) => said.push(line) })
  const to = { registry: 'hub.test', repository: 'acme/app', tag: '1', tags: ['1'] }
  return { real, client, to, said, o: { client, signal } }
}

/** A registry that counts what it is asked for. */
async function counting(): Promise<{ readonly registry: string; readonly seen: string[] }> {
  const seen: string[] = []
  const registry = await sabotaged((request) => {
    seen.push(`${request.method} ${request.url}`)
    return false
  })
  return { registry, seen }
}

describe('a pull', () => {
  it('takes what the mirror has, and asks the registry itself for the rest', async () => {
    const mirror = await counting()
    const { to, o } = await behind([`${mirror.registry}/hub`])
    const [old, current] = [await randomImage({ seed: 1, layers: 2 }), await randomImage({ seed: 2, layers: 2 })]
    await push(current, to, o)
    await push(old, { ...to, tags: ['old'] }, o)
    expect(mirror.seen).toEqual([])
    await push(old, { registry: mirror.registry, repository: 'hub/acme/app', tags: ['1'] }, { client: testClient(), signal })
    mirror.seen.length = 0
    const stale = await pull(to, o)
    expect(await stale.digest()).toBe(await old.digest())
    expect(await validate(stale, { signal })).toEqual([])
    expect(new Set(mirror.seen).size).toBe(1 + 1 + 2)
    const exact = await pull({ ...to, digest: await current.digest() }, o)
    expect(await validate(exact, { signal })).toEqual([])
    expect((await Array.fromAsync(listTags(o.client.repository(to, ['pull']), { signal }))).sort()).toEqual(['1', 'old'])
  })

  it('passes over mirrors that are down, once for all requests, and over those that fail or refuse', async () => {
    let asked = 0
    const broken = await sabotaged((_request, response) => {
      asked++
      response.writeHead(500).end()
      return true
    })
    const locked = await embeddedRegistry({ auth: basicAuth({ ann: 'pw' }) })
    const { to, o, said } = await behind(['127.0.0.1:1', broken, locked.registry])
    const image = await randomImage({ layers: 3 })
    await push(image, to, o)
    expect(await validate(await pull(to, o), { signal })).toEqual([])
    expect(asked).toBe(1)
    expect(said).toContain('acme/app:1: the mirror 127.0.0.1:1 is passed over: 127.0.0.1:1 cannot be reached: nothing listens there')
  })

  it('does not go on to the registry itself when it is told so', async () => {
    const empty = await embeddedRegistry()
    const { to, o } = await behind([empty.registry], { mirrorsOnly: true })
    await push(await randomImage(), to, o)
    await expect(pull(to, o)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  it('asks for the credentials of the mirror, by its own name and path', async () => {
    const targets: RegistryTarget[] = []
    const mirror = await embeddedRegistry({ auth: basicAuth({ ann: 'pw' }) })
    const auth: RegistryAuth = {
      ...noCredentials(),
      credentialsFor: async (target) => {
        targets.push(target)
        return target.registry === mirror.registry ? { kind: 'basic', username: 'ann', password: 'pw' } : undefined
      },
    }
    const client = testClient({ auth, hosts: [{ match: 'hub.test', endpoint: 'http://127.0.0.1:1', mirrors: [`${mirror.url}/hub`] }] })
    await push(await randomImage(), { registry: mirror.registry, repository: 'hub/acme/app', tags: ['1'] }, { client, signal })
    await pull({ registry: 'hub.test', repository: 'acme/app', tag: '1' }, { client, signal })
    expect(targets).toEqual(Array(2).fill({ registry: mirror.registry, repository: 'hub/acme/app' }))
  })
})

describe('mirrors', () => {
  it('have the TLS settings of their own host', () => {
    const hosts: readonly HostMapping[] = [
      { match: 'docker.io', ca: 'hub-ca', mirrors: ['https://mirror.acme.com/hub', 'http://plain.acme.com', 'lab:5000'] },
      { match: 'mirror.acme.com', ca: 'own-ca', clientCert: 'cert', clientKey: 'key' },
      { match: 'lab:5000', plainHttp: true },
    ]
    expect(pullEndpoints('docker.io', hosts)).toEqual([
      {
        registry: 'mirror.acme.com',
        origin: 'https://mirror.acme.com',
        prefix: 'hub/',
        mirror: true,
        skipVerify: false,
        ca: 'own-ca',
        clientCert: 'cert',
        clientKey: 'key',
      },
      { registry: 'plain.acme.com', origin: 'http://plain.acme.com', prefix: '', mirror: true, skipVerify: false },
      { registry: 'lab:5000', origin: 'http://lab:5000', prefix: '', mirror: true, skipVerify: false },
      { registry: 'docker.io', origin: 'https://registry-1.docker.io', prefix: '', skipVerify: false, ca: 'hub-ca' },
    ])
  })

  it('and certificates that are half given are refused', () => {
    expect(() => pullEndpoints('r.io', [{ match: 'r.io', clientCert: 'x' }])).toThrow('clientCert and clientKey belong together')
    expect(() => pullEndpoints('r.io', [{ match: 'r.io', mirrors: ['ftp://x'] }])).toThrow('http or https')
  })
})
