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
      auth: {
        credentialsFor: async ({ registry, repository }: { readonly registry: string; readonly repository: string }) =>
          o.logins?.[`${purpose} ${registry}/${repository}`] ?? o.logins?.[`${purpose} ${registry}`],
      },
    }) as unknown as RegistryClient
  const find = findToolRegistries({ clientFor: (_, purpose) => client(purpose) })
  return find({ push: o.push ?? [], pull: o.pull ?? [], use: plainUse }, { signal })
}

describe('a tool that goes to registries by itself', () => {
  it('is told nothing where everything is at its place and nobody signs in', async () => {
    expect(await told({ push: ['acme/app:1', 'ghcr.io/a/b'], pull: ['debian:bookworm'] })).toEqual({
      spelled: new Map(),
      places: new Map(),
      placesOnly: false,
      plainHttp: [],
      unverified: [],
      authorities: new Map(),
      logins: undefined,
      secrets: [],
    })
  })

  it('spells names as hosts have them, with tag, digest and path, and a repository without a tag', async () => {
    const hosts = [
      { match: 'docker.io', endpoint: 'http://10.0.0.1:5000/hub' },
      { match: 'own.example', endpoint: 'https://other.example', skipVerify: true },
      { match: 'safe.example', ca: 'PEM' },
    ]
    const push = ['debian:1', 'docker.io/acme/app', 'index.docker.io/acme/app:2', 'own.example/a/b:2', 'safe.example/c:3']
    const found = await told({ hosts, push, pull: ['alpine'] })
    expect([...found.spelled]).toEqual([
      ['debian:1', '10.0.0.1:5000/hub/library/debian:1'],
      ['docker.io/acme/app', '10.0.0.1:5000/hub/acme/app'],
      ['index.docker.io/acme/app:2', '10.0.0.1:5000/hub/acme/app:2'],
      ['own.example/a/b:2', 'other.example/a/b:2'],
    ])
    expect([...found.places]).toEqual([['docker.io', ['10.0.0.1:5000/hub']]])
    expect([found.plainHttp, found.unverified, [...found.authorities]]).toEqual([['10.0.0.1:5000'], ['other.example'], [['safe.example', 'PEM']]])
  })

  it('looks for images in mirrors first, with their own logins, and then at their place, which needs no word for Docker Hub', async () => {
    const found = await told({
      hosts: [{ match: 'docker.io', mirrors: ['https://one.example', 'http://two.example/hub'] }],
      pull: ['alpine'],
      logins: { 'pull one.example': { kind: 'basic', username: 'ann', password: 'of-one' } },
    })
    expect([...found.places]).toEqual([['docker.io', ['one.example', 'two.example/hub']]])
    expect([found.placesOnly, found.plainHttp]).toEqual([false, ['two.example']])
    expect(Object.keys(JSON.parse(found.logins ?? '').auths)).toEqual(['one.example', 'one.example/library/alpine'])
  })

  it('never writes to mirrors, and reads from nothing else where that is said', async () => {
    const hosts = [{ match: 'own.example', endpoint: 'https://real.example', mirrors: ['https://mirror.example'], mirrorsOnly: true }]
    const logins = { 'push own.example': { kind: 'basic', username: 'ann', password: 'pw' } } as const
    const found = await told({ hosts, push: ['own.example/a:1'], pull: ['own.example/base'], logins })
    expect([...found.spelled]).toEqual([['own.example/a:1', 'real.example/a:1']])
    expect([[...found.places], found.placesOnly]).toEqual([[['own.example', ['mirror.example']]], true])
    expect(Object.keys(JSON.parse(found.logins ?? '').auths)).toEqual(['real.example', 'real.example/a'])
  })

  it('has logins of every kind by the host it asks and by the repository, and those of a push before those of a pull', async () => {
    const found = await told({
      hosts: [{ match: 'own.example', endpoint: 'http://10.0.0.1:5000' }],
      push: ['own.example/a:1', 'ghcr.io/b/x:1', 'ghcr.io/c/y:1'],
      pull: ['alpine', 'ghcr.io/base'],
      logins: {
        'pull docker.io': { kind: 'basic', username: 'ann', password: 'pw-of-ann' },
        'pull ghcr.io': { kind: 'basic', username: 'reader', password: 'pw-of-reader' },
        'push ghcr.io/b/x': { kind: 'identity-token', token: 'long' },
        'push ghcr.io/c/y': { kind: 'identity-token', token: 'other' },
        'push own.example': { kind: 'bearer', token: 'short' },
      },
    })
    const basic = (text: string): object => ({ auth: Buffer.from(text).toString('base64') })
    const token = (text: string): object => ({ ...basic('<token>:'), identitytoken: text })
    expect(JSON.parse(found.logins ?? '')).toEqual({
      auths: {
        'https://index.docker.io/v1/': basic('ann:pw-of-ann'),
        'index.docker.io/library/alpine': basic('ann:pw-of-ann'),
        'ghcr.io/base': basic('reader:pw-of-reader'),
        'ghcr.io/b/x': token('long'),
        'ghcr.io/c/y': token('other'),
        'ghcr.io': token('other'),
        '10.0.0.1:5000': { registrytoken: 'short' },
        '10.0.0.1:5000/a': { registrytoken: 'short' },
      },
    })
    expect(found.secrets).toEqual(
      expect.arrayContaining(['pw-of-ann', 'pw-of-reader', 'long', 'other', 'short', Buffer.from('ann:pw-of-ann').toString('base64')]),
    )
  })
})
