import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../../base/diagnostic.ts'
import type { Credentials } from '../../../ports/registry-auth.ts'
import { plainUse, type RegistryUse } from '../../../ports/registry-use.ts'
import type { RegistryClient } from '../../../registry/client.ts'
import type { HostMapping } from '../../../registry/endpoint.ts'
import { onNodes, pullLogins, refOf } from './node-images.ts'

const { signal } = new AbortController()

interface World {
  readonly hosts?: readonly HostMapping[]
  readonly logins?: Readonly<Record<string, Credentials>>
}

function world({ hosts = [], logins = {} }: World) {
  const notes: Diagnostic[] = []
  const client = ({ connector = '' }: RegistryUse) => ({ hosts, auth: { credentialsFor: async () => logins[connector] } }) as unknown as RegistryClient
  return { client, notes, note: (note: Diagnostic) => void notes.push(note) }
}

describe('an image as nodes are told it', () => {
  it.each([
    ['busybox', 'busybox:latest'],
    ['docker.io/library/busybox:1', 'busybox:1'],
    ['acme/app:1', 'acme/app:1'],
    ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:1'],
    [`ghcr.io/acme/app@sha256:${'a'.repeat(64)}`, `ghcr.io/acme/app@sha256:${'a'.repeat(64)}`],
  ])('is the one that people mean: %s', (reference, told) => {
    const o = world({})
    expect([onNodes(reference, plainUse, o), o.notes]).toEqual([told, []])
  })

  it.each([
    ['http://127.0.0.1:5000', 'docker.io/library/busybox:1', '127.0.0.1:5000/library/busybox:1'],
    ['mirror.example', 'busybox:1', 'mirror.example/library/busybox:1'],
    ['https://mirror.example/hub/', 'acme/app:1', 'mirror.example/hub/acme/app:1'],
  ])('is where `hosts` says, since nodes do not know them, and that is told: %s', (endpoint, reference, told) => {
    const o = world({ hosts: [{ match: 'docker.io', endpoint }] })
    expect(onNodes(reference, plainUse, o)).toBe(told)
    expect(o.notes.map(({ code, message }) => [code, message.includes(reference), message.includes(told)])).toEqual([['K8S_IMAGE_MAPPED', true, true]])
  })

  it('is as it was where `hosts` only says how to reach it', () => {
    const o = world({ hosts: [{ match: 'registry.example', plainHttp: true }] })
    expect([onNodes('registry.example/a:1', plainUse, o), o.notes]).toEqual(['registry.example/a:1', []])
  })

  it('has to be one', () => {
    expect(() => refOf('Not An Image')).toThrow(expect.objectContaining({ code: expect.stringMatching(/REF|IMAGE/) }))
  })
})

describe('the logins that nodes are given', () => {
  const logins = {
    hub: { kind: 'basic', username: 'ann', password: 'pw' },
    cloud: { kind: 'identity-token', token: 'refresh' },
    named: { kind: 'identity-token', token: 'refresh', username: 'AWS' },
    short: { kind: 'bearer', token: 'once' },
  } as const
  const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString('base64') })
  const auths = async (images: Parameters<typeof pullLogins>[0], more: World = {}): Promise<unknown> => {
    const { config } = await pullLogins(images, world({ logins, ...more }), { signal })
    return config === undefined ? undefined : (JSON.parse(config) as { auths: unknown }).auths
  }

  it('are those of connectors, by registry', async () => {
    const images = [
      { image: 'registry.example/a:1', connector: 'hub' },
      { image: 'cloud.example:5000/b', connector: 'cloud' },
      { image: 'named.example/b', connector: 'named' },
    ]
    const told = { 'registry.example': auth('ann:pw'), 'cloud.example:5000': auth('<token>:refresh'), 'named.example': auth('AWS:refresh') }
    expect(await auths(images)).toEqual(told)
  })

  it('have the name that nodes know Docker Hub by', async () => {
    expect(await auths([{ image: 'acme/app:1', connector: 'hub' }])).toEqual({ 'https://index.docker.io/v1/': auth('ann:pw') })
  })

  it('are for where `hosts` says', async () => {
    const hosts = [{ match: 'docker.io', endpoint: 'http://127.0.0.1:5000' }]
    expect(await auths([{ image: 'acme/app:1', connector: 'hub' }], { hosts })).toEqual({ '127.0.0.1:5000': auth('ann:pw') })
  })

  it('are none where no connector is named, where it has none, and where nodes could not use it', async () => {
    expect(await auths([{ image: 'registry.example/a:1' }])).toBe(undefined)
    expect(await auths([{ image: 'registry.example/a:1', connector: 'anonymous' }])).toBe(undefined)
    expect(await auths([{ image: 'registry.example/a:1', connector: 'short' }])).toBe(undefined)
  })
})
