/** The pages of this repository: fresh, complete, without a dead link. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codes } from '../../src/base/codes.ts'
import { root } from '../support/root.ts'
import { missingHeadings } from './errors-page.ts'
import { brokenLinks, missingPaths } from './links.ts'
import { renderPages, stalePages } from './pages.ts'

describe('the pages of this repository', () => {
  it('are what npm run docs would write', async () => {
    expect(stalePages(await renderPages(root))).toEqual([])
  })

  it('explain every code', () => {
    expect(missingHeadings(Object.keys(codes), readFileSync(join(root, 'docs/errors.md'), 'utf8'))).toEqual([])
  })

  it('link to what exists', () => {
    expect(brokenLinks(root)).toEqual([])
  })

  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md'])('name only files that exist: %s', (page) => {
    expect(missingPaths(root, page)).toEqual([])
  })
})
