import { describe, expect, it } from 'vitest'
import type { Credentials } from '../../ports/registry-auth.ts'
import { chooseLogin } from './choose-login.ts'
import type { LoginSource } from './login.ts'
import { fits, parsePrefix, showPrefix } from './prefix.ts'

const o = { signal: new AbortController().signal }

/** `{ 'docker.io/acme': 'ann' }`: prefixes and users; the empty user is a login that holds nothing. */
function source(name: string, users: Readonly<Record<string, string>>): LoginSource {
  return {
    name,
    logins: async () =>
      Object.entries(users).map(([key, username]) => ({
        prefix: parsePrefix(key) ?? expect.fail(key),
        from: name,
        credentials: async (): Promise<Credentials | undefined> => (username === '' ? undefined : { kind: 'basic', username, password: `pw-of-${username}` }),
      })),
  }
}

async function userOf(sources: readonly LoginSource[], registry: string, repository: string, named: readonly LoginSource[] = []): Promise<string> {
  const found = await chooseLogin({ sources, named }).credentialsFor({ registry, repository }, o)
  return found?.kind === 'basic' ? found.username : 'anonymous'
}

describe('the login chosen', () => {
  it.each([
    ['docker.io', 'docker.io'],
    ['https://index.docker.io/v1/', 'docker.io'],
    ['https://index.docker.io/v2/', 'docker.io'],
    ['https://registry.hub.docker.com/v2/', 'docker.io'],
    ['https://registry-1.docker.io', 'docker.io'],
    ['index.docker.io/v1/acme', 'docker.io/acme'],
    ['https://GHCR.io/ACME/', 'ghcr.io/acme'],
    ['https://user@quay.io:8443/a/b?x=y#z', 'quay.io:8443/a/b'],
    ['localhost:5000', 'localhost:5000'],
    ['v2.example.com/v1beta/x', 'v2.example.com/v1beta/x'],
  ])('of %s belongs to %s', (text, shown) => {
    const prefix = parsePrefix(text)
    expect(prefix && showPrefix(prefix)).toBe(shown)
  })

  it('needs a host', () => {
    expect(['', 'https://', '/v1/', 'a b', 'https:///v2'].map(parsePrefix)).toEqual(Array(5).fill(undefined))
  })

  it('fits whole parts of a path, and its own port only', () => {
    const target = { registry: 'r.io:5000', repository: 'acme/app' }
    const fitting = ['r.io:5000', 'r.io:5000/acme', 'r.io:5000/acme/app', 'r.io:5000/acme/app/more', 'r.io:5000/ac', 'r.io', 'r.io:5001/acme']
    expect(fitting.map((text) => fits(parsePrefix(text) ?? expect.fail(text), target))).toEqual([true, true, true, false, false, false, false])
  })

  it('is the one with the longest prefix: two users of one host', async () => {
    const sources = [
      source('config', { 'docker.io': 'host', 'https://index.docker.io/v1/acme': 'ann', 'docker.io/acme/secret': 'sue', 'docker.io/beta': 'bob' }),
    ]
    const users = await Promise.all(['acme/app', 'acme/secret', 'beta/app', 'library/alpine'].map((name) => userOf(sources, 'docker.io', name)))
    expect(users).toEqual(['ann', 'sue', 'bob', 'host'])
    expect(await userOf(sources, 'ghcr.io', 'acme/app')).toBe('anonymous')
  })

  it('of equal prefixes is that of the earlier source, and of a longer one later', async () => {
    const [first, second] = [source('a', { 'r.io': 'a' }), source('b', { 'r.io': 'b', 'r.io/x': 'bx' })]
    expect([await userOf([first, second], 'r.io', 'y'), await userOf([first, second], 'r.io', 'x/y')]).toEqual(['a', 'bx'])
  })

  it('is the next one when a place holds nothing after all', async () => {
    expect(await userOf([source('helper', { 'r.io/x': '' }), source('b', { 'r.io': 'b' })], 'r.io', 'x/y')).toBe('b')
  })

  it('is the one that the step names, where that fits', async () => {
    const named = [source('connector hub', { 'docker.io': 'step' })]
    const others = [source('config', { 'docker.io/acme': 'ann', 'ghcr.io': 'gil' })]
    expect([await userOf(others, 'docker.io', 'acme/app', named), await userOf(others, 'ghcr.io', 'acme/app', named)]).toEqual(['step', 'gil'])
  })

  it('is told with its place and the losers, each line once, and without secrets', async () => {
    const lines: string[] = []
    const secrets: string[] = []
    const sources = [source('config', { 'r.io': 'host', 'r.io/acme': 'ann' }), source('podman', { 'r.io/acme': 'pod', 'r.io/acme/app': '' })]
    const auth = chooseLogin({ sources, say: (line) => lines.push(line), onSecret: (value) => secrets.push(value) })
    for (const repository of ['acme/app', 'acme/app']) await auth.credentialsFor({ registry: 'r.io', repository }, o)
    await auth.credentialsFor({ registry: 'other.io', repository: '' }, o)
    expect(lines).toEqual([
      'r.io/acme/app: podman fits with r.io/acme/app, and holds no credentials',
      'r.io/acme/app: user "ann" with password ********, from config, which fits with r.io/acme',
      'r.io/acme/app: not used: podman, which fits with r.io/acme (the other is asked first)',
      'r.io/acme/app: not used: config, which fits with r.io (a shorter prefix)',
      'other.io: anonymous: no login fits, of config; podman',
    ])
    expect(lines.join('')).not.toContain('pw-of')
    expect(secrets.slice(0, 2)).toEqual(['pw-of-ann', Buffer.from('ann:pw-of-ann').toString('base64')])
  })
})
