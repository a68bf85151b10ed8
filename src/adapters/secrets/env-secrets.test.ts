import { describe, expect, it } from 'vitest'
import { envSecrets } from './env-secrets.ts'

describe('secrets from the environment', () => {
  const o = { signal: new AbortController().signal }
  const source = envSecrets({ SLIPWAY_SECRET_ACCOUNT_TOKEN: 'scoped', SLIPWAY_SECRET_DOCKER_PASSWORD: 'plain' })

  it('reads a name with and without its scope, the scoped one first', async () => {
    expect((await source.read('account.token', o))?.reveal()).toBe('scoped')
    expect((await source.read('org.docker-password', o))?.reveal()).toBe('plain')
    expect(await source.read('nothing', o)).toBeUndefined()
  })

  it('does not show the value when printed', async () => {
    const value = await source.read('docker-password', o)
    expect(JSON.stringify(value)).not.toContain('plain')
    expect(String(value)).not.toContain('plain')
  })
})
