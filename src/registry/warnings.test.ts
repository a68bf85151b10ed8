/** Warnings of registries: told once, in their words, and never acted upon. */
import { describe, expect, it } from 'vitest'
import { hastyClock, noCredentials } from '../../test/support/registry/embedded.ts'
import { sabotaged } from '../../test/support/registry/sabotaged.ts'
import { scriptedHttp } from '../../test/support/registry/scripted-http.ts'
import { tempProject } from '../../test/support/temp-project.ts'
import { testWorld } from '../../test/support/test-world.ts'
import { createRegistryClient } from './client.ts'
import { findManifest } from './manifests.ts'
import { warningsOf } from './warnings.ts'

describe('Warning headers', () => {
  it.each<[string, readonly string[]]>([
    ['299 - "Your token ends soon."', ['Your token ends soon.']],
    ['299 - "one", 299 - "two, with a comma"', ['one', 'two, with a comma']],
    ['299 - "it says \\"no\\""', ['it says "no"']],
    ['299 - "red \u001b[31m text"', ['red  [31m text']],
    ['199 - "another code"', []],
    ['299 proxy "another agent"', []],
    ['nonsense', []],
  ])('%s', (header, texts) => expect(warningsOf([header])).toEqual(texts))

  it('are shown by commands, once', async () => {
    const registry = await sabotaged((_request, response) => {
      response.setHeader('warning', '299 - "this registry closes in May"')
      return false
    })
    const world = testWorld({ cwd: tempProject({ Dockerfile: 'FROM scratch\n' }).dir })
    await world.run('build', '-t', 'acme/app:1', '.')
    const pushed = await world.run('push', 'acme/app:1', `${registry}/acme/app:1`, `${registry}/acme/app:2`)
    expect(pushed.code).toBe(0)
    expect(pushed.err.match(/this registry closes in May/g)?.length).toBe(1)
    expect(pushed.err).toContain('REGISTRY_WARNS')
  })

  it('are not endless', () => expect(warningsOf([`299 - "${'x'.repeat(10_000)}"`])).toEqual([]))

  it('are told once for all requests of a client, with the registry', async () => {
    const http = scriptedHttp([{ on: 'HEAD /v2/a/manifests/', status: 404, headers: { warning: '299 - "this registry closes in May"' } }])
    const told: string[] = []
    const client = createRegistryClient({
      send: http.send,
      auth: noCredentials(),
      clock: hastyClock,
      warn: (registry, text) => told.push(`${registry}: ${text}`),
    })
    const o = { signal: new AbortController().signal }
    for (const tag of ['1', '2']) await findManifest(client.repository({ registry: 'r.example', repository: 'a' }, ['pull']), tag, o)
    expect(told).toEqual(['r.example: this registry closes in May'])
  })
})
