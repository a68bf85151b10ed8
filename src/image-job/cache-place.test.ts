import { describe, expect, it } from 'vitest'
import { isProblem } from '../base/problem.ts'
import { parseCacheFlag } from './cache-flag.ts'
import { cacheSource, cacheTarget } from './cache-place.ts'

const o = { resolve: (path: string) => `/work/${path}` }
const source = (text: string) => cacheSource(parseCacheFlag(text), o)
const target = (text: string) => cacheTarget(parseCacheFlag(text), o)

function codeOf(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return isProblem(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

describe('--cache-from', () => {
  it('takes a bare image for a registry', () => expect(source('r.io/app:cache')).toEqual({ kind: 'registry', ref: 'r.io/app:cache' }))
  it('takes a folder', () => expect(source('type=local,src=here')).toEqual({ kind: 'local', dir: '/work/here', tag: 'latest' }))
  it('takes commas in quotes', () => expect(source('type=local,"src=a,b",tag=x')).toEqual({ kind: 'local', dir: '/work/a,b', tag: 'x' }))
  it('passes the connector on', () =>
    expect(cacheSource(parseCacheFlag('r.io/c'), { ...o, connector: 'mine' })).toEqual({ kind: 'registry', ref: 'r.io/c', connector: 'mine' }))
})

describe('--cache-to', () => {
  it('is min and strict unless told otherwise', () => expect(target('type=inline')).toEqual({ kind: 'inline', mode: 'min', ignoreError: false }))
  it('reads mode and ignore-error', () =>
    expect(target('type=registry,ref=r.io/c,mode=max,ignore-error=true,oci-mediatypes=true')).toEqual({
      kind: 'registry',
      ref: 'r.io/c',
      mode: 'max',
      ignoreError: true,
    }))
})

it('takes cache mounts along when asked', () => {
  expect(target('type=local,dest=x,mounts=true')).toMatchObject({ mounts: true })
  expect(target('type=local,dest=x,mounts=0')).not.toHaveProperty('mounts')
})

describe('a wrong spec', () => {
  it.each([
    ['type=gha', 'CACHE_TYPE_UNKNOWN'],
    ['type=s3,bucket=b', 'CACHE_TYPE_UNKNOWN'],
    ['type=registry', 'CACHE_SPEC_INVALID: .*ref=IMAGE'],
    ['type=registry,ref=UPPER', 'CACHE_SPEC_INVALID'],
    ['type=local,dest=x,mode=all', 'CACHE_SPEC_INVALID: .*min nor max'],
    ['type=local', 'CACHE_SPEC_INVALID: .*dest=FOLDER'],
    ['type=inline,ignore-error=maybe', 'CACHE_SPEC_INVALID: .*true nor false'],
    ['ref=x', 'CACHE_SPEC_INVALID: .*no type'],
    ['type=local,dest=x,mounts=some', 'CACHE_SPEC_INVALID: .*true nor false'],
    ['type=inline,mounts=true', 'CACHE_SPEC_INVALID: .*no cache mounts'],
    ['type=local,"dest=x', 'CACHE_SPEC_INVALID: .*quote'],
    ['type=local,x', 'CACHE_SPEC_INVALID: .*NAME=VALUE'],
  ])('%s is refused', (text, expected) => {
    expect(codeOf(() => target(text))).toMatch(new RegExp(expected))
  })

  it('inline is no source', () => expect(codeOf(() => source('type=inline'))).toMatch(/CACHE_SPEC_INVALID/))
})
