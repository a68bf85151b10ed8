/** What a tool that goes to registries by itself is told: where they are, and its logins. */
import { describe, expect, it } from 'vitest'
import type { Credentials } from '../../ports/registry-auth.ts'
import { plainUse } from '../../ports/registry-use.ts'
import type { RegistryClient } from '../../registry/client.ts'
import type { HostMapping } from '../../registry/endpoint.ts'
import { findToolRegistries } from './tool-registries.ts'

const { signal } = new AbortController()

function told(o: {
  readonly push?: readonly string[]
  readonly pull?: readonly string[]
  readonly hosts?: readonly HostMapping[]
  readonly logins?: Readonly<Record<string, Credentials>>
}) {
  const client = (purpose: string) =>
    ({
      hosts: o.hosts ?? [],
      auth: { credentialsFor: async ({ registry }: { readonly registry: string }) => o.logins?.[`${purpose} ${registry}`] },
    }) as unknown as RegistryClient
  const find = findToolRegistries({ clientFor: (_, purpose) => client(purpose) })
  return find({ push: o.push ?? [], pull: o.pull ?? [], use: plainUse }, { signal })
}

describe('a tool that goes to registries by itself', () => {
  it('is told nothing where everything is at its place and nobody signs in', async () => {
    expect(await told({ push: ['acme/app:1', 'ghcr.io/a/b'], pull: ['debian:bookworm'] })).toEqual({
      spelled: new Map(),
      places: new Map(),
      plainHttp: [],
      unverified: [],
      authorities: new Map(),
      logins: undefined,
    })
  })

  it('spells names as hosts have them, with tag, digest and path, and a repository without a tag', async () => {
    const hosts = [
      { match: 'docker.io', endpoint: 'http://10.0.0.1:5000/hub' },
      { match: 'own.example', endpoint: 'https://other.example', skipVerify: true },
      { match: 'safe.example', ca: 'PEM' },
    ]
    const push = ['debian:1', 'docker.io/acme/app', 'own.example/a/b:2', 'safe.example/c:3']
    const found = await told({ hosts, push, pull: ['alpine'] })
    expect([...found.spelled]).toEqual([
      ['debian:1', '10.0.0.1:5000/hub/library/debian:1'],
      ['docker.io/acme/app', '10.0.0.1:5000/hub/acme/app'],
      ['own.example/a/b:2', 'other.example/a/b:2'],
    ])
    expect([...found.places]).toEqual([['docker.io', ['10.0.0.1:5000/hub']]])
    expect([found.plainHttp, found.unverified, [...found.authorities]]).toEqual([['10.0.0.1:5000'], ['other.example'], [['safe.example', 'PEM']]])
  })

  it('looks for images in mirrors first', async () => {
    const found = await told({ hosts: [{ match: 'docker.io', mirrors: ['https://one.example', 'http://two.example/hub'] }], pull: ['alpine'] })
    expect([...found.places]).toEqual([['docker.io', ['one.example', 'two.example/hub', 'registry-1.docker.io']]])
    expect(found.plainHttp).toEqual(['two.example'])
  })

  it('has logins of every kind by the host it asks, and those of a push before those of a pull', async () => {
    const found = await told({
      hosts: [{ match: 'own.example', endpoint: 'http://10.0.0.1:5000' }],
      push: ['own.example/a:1', 'ghcr.io/b:1'],
      pull: ['alpine', 'ghcr.io/base'],
      logins: {
        'pull docker.io': { kind: 'basic', username: 'ann', password: 'pw' },
        'pull ghcr.io': { kind: 'basic', username: 'reader', password: 'pw' },
        'push ghcr.io': { kind: 'identity-token', token: 'long' },
        'push own.example': { kind: 'bearer', token: 'short' },
      },
    })
    expect(JSON.parse(found.logins ?? '')).toEqual({
      auths: {
        'https://index.docker.io/v1/': { auth: Buffer.from('ann:pw').toString('base64') },
        'ghcr.io': { auth: Buffer.from('<token>:').toString('base64'), identitytoken: 'long' },
        '10.0.0.1:5000': { registrytoken: 'short' },
      },
    })
  })
})
