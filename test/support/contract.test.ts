import { describe, expect, it } from 'vitest'
import { root } from '../../tools/support/root.ts'
import { plantedRun } from './planted-run.ts'

function suite(skip: string): string {
  return `import { describeContract } from '${root}/test/support/contract.ts'
    describeContract('planted', { skip: [{ test: '${skip}', reason: 'the planted adapter cannot' }] }, (promise) => {
      promise('can', () => {})
      promise('cannot', () => { throw new Error('must not run') })
    })`
}

describe('contract suites', () => {
  it('run what is not skipped, and say why the rest is', () => {
    const run = plantedRun({ 'a.test.ts': suite('cannot') })
    expect(run.out).toContain('SKIPPED a.test.ts > planted contract > cannot: the planted adapter cannot')
    expect(run.last).toBe('1 passed, 0 failed, 1 skipped')
  })

  it('fail when a skip names no test of theirs', () => {
    const run = plantedRun({ 'a.test.ts': suite('renamed since') })
    expect(run.out).toContain('has no test "renamed since"')
    expect(run.status).toBe(1)
  })
})
