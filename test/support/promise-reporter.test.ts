/** Runs vitest itself on planted projects: the last line and the exit code are what CI sees. */
import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { plantedRun } from './planted-run.ts'

const head = `import { describe, expect, it } from 'vitest'
  import { needs, promised } from '${root}/test/support/skip.ts'\n`

describe('promise reporter', () => {
  it('passes a good run and prints reasons of skips', () => {
    const run = plantedRun({ 'a.test.ts': `${head} it('works', () => {}); it('waits', needs(false, 'no moon'), () => {})` })
    expect(run.out).toContain('SKIPPED a.test.ts > waits: no moon')
    expect([run.last, run.status]).toEqual(['1 passed, 0 failed, 1 skipped', 0])
  })

  it('fails a run that broke a promise, once for nested suites', () => {
    const real = `describe('real', promised('ci', needs(false, 'no docker')), () => { describe('inner', () => { it('runs', () => {}) }) })`
    const run = plantedRun({ 'a.test.ts': `${head} it('works', () => {}); ${real}` }, { CI: 'true' })
    expect(run.out).toContain('BROKEN PROMISE: a.test.ts > real skipped everything')
    expect([run.last, run.status]).toEqual(['1 passed, 1 failed, 1 skipped', 1])
  })

  it('fails a skip without reason, a failing test, and a file that does not load', () => {
    const run = plantedRun({
      'a.test.ts': `${head} it.skip('quiet', () => {}); it('breaks', () => expect(1).toBe(2))`,
      'b.test.ts': `throw new Error('does not load')`,
    })
    expect([run.last, run.status]).toEqual(['0 passed, 3 failed, 1 skipped', 1])
  })

  it('fails when no file matches', () => {
    const run = plantedRun({ 'a.test.ts': `${head} it('works', () => {})` }, {}, ['no-such-file'])
    expect([run.last, run.status]).toEqual(['0 passed, 1 failed', 1])
  })

  it('lets a name filter leave tests out', () => {
    const run = plantedRun({ 'a.test.ts': `${head} it('works', () => {}); it('other', () => {})` }, {}, ['-t', 'works'])
    expect([run.last, run.status]).toEqual(['1 passed, 0 failed', 0])
  })
})
