/** References: docker's grammar, Docker Hub's spellings, and the reasons for a refusal. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { familiarRef, parseRef, parseSourceRef, parseTag, showRef } from './ref.ts'
import { registryOfUrl } from './registry-host.ts'

const hex = 'a'.repeat(64)

describe('references', () => {
  it.each([
    ['alpine', 'docker.io/library/alpine'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['acme/app', 'docker.io/acme/app'],
    ['docker.io/alpine', 'docker.io/library/alpine'],
    ['index.docker.io/library/alpine:1', 'docker.io/library/alpine:1'],
    ['registry-1.docker.io/acme/app', 'docker.io/acme/app'],
    ['registry.hub.docker.com/acme/app', 'docker.io/acme/app'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['r:5000/a', 'r:5000/a'],
    ['[::1]:5000/a/b:x', '[::1]:5000/a/b:x'],
    ['GHCR.io/acme/app', 'ghcr.io/acme/app'],
    [`ghcr.io/a/b__c.d--e:v1@sha256:${hex}`, `ghcr.io/a/b__c.d--e:v1@sha256:${hex}`],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1'],
  ])('reads %s as %s', (text, full) => {
    const parsed = parseRef(text)
    expect(parsed.ok && showRef(parsed.value)).toBe(full)
  })

  it.each([
    ['', 'it is empty'],
    ['a b', 'white space'],
    ['https://ghcr.io/a', 'https://'],
    ['ghcr.io/Acme/app', 'lower case: "acme/app"'],
    ['ghcr.io/', 'the repository is missing'],
    ['ghcr.io/a//b', 'is empty'],
    ['ghcr.io/a/-b', '"-b"'],
    ['a/b_.c', '"b_.c"'],
    ['a:', 'the tag is empty'],
    ['a:.x', 'starts with "."'],
    ['a:x+y', 'holds "+"'],
    [`a:${'x'.repeat(129)}`, '129 characters'],
    ['a@sha256:abc', 'not a digest'],
    [hex, 'an image id'],
    [`x/${'a'.repeat(260)}`, '255 characters'],
    ['-bad.host/a', 'not a host'],
  ])('refuses %j and says why', (text, reason) => {
    const parsed = parseRef(text)
    expect(parsed.ok).toBe(false)
    expect(parsed.diagnostics[0]).toMatchObject({ code: 'REF_INVALID', message: expect.stringContaining(reason) })
  })

  it.each([
    ['r:5000/a', 'r:5000/a:latest', 1],
    ['r:5000/a:1', 'r:5000/a:1', 0],
    ['a', 'docker.io/library/a:latest', 1],
    ['a:', 'docker.io/library/a:latest', 1],
    ['r:5000/a:', 'r:5000/a:latest', 1],
  ])('takes the source image %s as %s with %i notes', (text, full, notes) => {
    const parsed = parseSourceRef(text)
    expect(parsed.ok && showRef(parsed.value)).toBe(full)
    expect(parsed.diagnostics.filter((d) => d.code === 'REF_TAG_DEFAULTED' && d.severity === 'info')).toHaveLength(notes)
  })

  it.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['https://index.docker.io/v2/', 'docker.io'],
    ['https://registry.hub.docker.com', 'docker.io'],
    ['registry-1.docker.io:443', 'docker.io'],
    ['https://gcr.io/acme', 'gcr.io'],
    ['http://user@h:5000/x', 'h:5000'],
    ['', undefined],
    ['https:///x', undefined],
  ])('takes the connector URL %s as %s', (url, registry) => expect(registryOfUrl(url)).toBe(registry))

  it('shows the familiar form', () => {
    const show = (text: string) => {
      const parsed = parseRef(text)
      return parsed.ok ? familiarRef(parsed.value) : undefined
    }
    expect(show('docker.io/library/alpine:3')).toBe('alpine:3')
    expect(show('docker.io/acme/app')).toBe('acme/app')
    expect(show('ghcr.io/library/app')).toBe('ghcr.io/library/app')
  })

  it('keeps the capitals that alone make a name a host', () => {
    const parsed = parseRef('Depot/app')
    expect(parsed.ok && parsed.value).toEqual({ registry: 'Depot', repository: 'app' })
    expect(parsed.ok && showRef(parsed.value)).toBe('Depot/app')
  })

  it('reads back every reference it shows, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.:/@_-]{0,40}$/)), (text) => {
        const parsed = parseRef(text)
        if (!parsed.ok) return
        const again = parseRef(showRef(parsed.value))
        expect(again.ok && again.value).toEqual(parsed.value)
        const short = parseRef(familiarRef(parsed.value))
        expect(short.ok && short.value).toEqual(parsed.value)
      }),
    )
  })

  it('checks tags by themselves', () => {
    expect(parseTag('v1.0_x-Y').ok).toBe(true)
    expect(parseTag('-x').diagnostics[0]?.code).toBe('TAG_INVALID')
  })
})
