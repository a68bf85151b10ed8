import { describe, expect, it } from 'vitest'
import { nameOfRepository } from './repository-url.ts'
import { revisionOfText } from './revision.ts'

describe('a revision behind an address', () => {
  it.each([
    ['main', { kind: 'branch', name: 'main' }],
    ['branch:v1', { kind: 'branch', name: 'v1' }],
    ['tag:v1', { kind: 'tag', name: 'v1' }],
    ['pr:12', { kind: 'pull-request', number: '12', merge: true }],
    ['commit:abc1234', { kind: 'commit', sha: 'abc1234' }],
    ['0123456789abcdef0123456789abcdef01234567', { kind: 'commit', sha: '0123456789abcdef0123456789abcdef01234567' }],
  ])('%s', (text, revision) => {
    expect(revisionOfText(text)).toEqual(revision)
  })
})

describe('the name of a repository', () => {
  it.each([
    ['https://github.com/acme/app.git', 'app'],
    ['git@github.com:acme/app', 'app'],
    ['/srv/repos/app/', 'app'],
    ['git@host:app.git', 'app'],
  ])('of %s', (url, name) => {
    expect(nameOfRepository(url)).toBe(name)
  })
})
