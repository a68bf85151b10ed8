import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { needs } from '../../../test/support/skip.ts'
import { checkProject } from './cache-properties-fixture.ts'
import { edit, project } from './dependency-model-fixture.ts'

describe('the cache, on random Dockerfiles, contexts and edits', () => {
  it('runs exactly what depends on a change, nothing when nothing changed, and the result is that of a clean build', {
    ...needs(process.getuid?.() === 0, 'the stand-in for the sandbox gives files to root: that needs root'),
    timeout: 600_000,
  }, async () => {
    const few = { numRuns: Math.max(20, Math.round((fc.readConfigureGlobal().numRuns ?? 100) / 5)) }
    await fc.assert(
      fc.asyncProperty(project, fc.array(edit, { minLength: 1, maxLength: 3 }), async (p, edits) => {
        expect(await checkProject(p, edits)).toBeUndefined()
      }),
      few,
    )
  })
})
