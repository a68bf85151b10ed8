import { describe, expect, it } from 'vitest'
import { hrefOf, parseRoute, type Route } from './router.ts'

describe('addresses', () => {
  it.each<[string, Route]>([
    ['/runs', { kind: 'runs', query: {} }],
    ['/runs?status=failed&search=web', { kind: 'runs', query: { status: 'failed', search: 'web' } }],
    ['/pipelines', { kind: 'pipelines' }],
    ['/pipelines/a%2Fb/start', { kind: 'start', pipeline: 'a/b' }],
    ['/runs/r1', { kind: 'run', run: 'r1', tab: 'steps' }],
    ['/runs/r1?step=build%2Fimage#L123', { kind: 'run', run: 'r1', tab: 'steps', step: 'build/image', line: 123 }],
    ['/runs/r1/tests', { kind: 'run', run: 'r1', tab: 'tests' }],
    ['/compare/r1/r2', { kind: 'compare', runs: ['r1', 'r2'] }],
    ['/no/such', { kind: 'nowhere', path: '/no/such' }],
  ])('are read and written: %s', (href, route) => {
    const url = new URL(href, 'http://page')
    expect(parseRoute(url.pathname, url.search, url.hash)).toEqual(route)
    expect(hrefOf(route)).toBe(href)
  })

  it('begins at the runs, and takes no odd line or letter', () => {
    expect(parseRoute('/')).toEqual({ kind: 'runs', query: {} })
    expect(parseRoute('/runs/r1', '', '#L0')).toEqual({ kind: 'run', run: 'r1', tab: 'steps' })
    expect(parseRoute('/runs/%E0%A4%A')).toEqual({ kind: 'run', run: '%E0%A4%A', tab: 'steps' })
    expect(parseRoute('/runs/r1/no-tab')).toEqual({ kind: 'nowhere', path: '/runs/r1/no-tab' })
  })
})
