import { describe, expect, it } from 'vitest'
import { codes } from '../../src/base/codes.ts'
import { root } from '../support/root.ts'
import { duplicateCodes, loadCodeTables } from './code-tables.ts'
import { errorsPage, missingHeadings } from './errors-page.ts'
import { anchors } from './markdown.ts'

const entry = { severity: 'error', message: 'no {thing}', explain: 'It says <+why> and `<+how>`.' } as const
const table = { name: 'planted', codes: { THING_MISSING: { ...entry, hint: 'use `{other}`' }, THING_OLD: entry } }

describe('the page of errors', () => {
  it('has a heading, the message, the hint and the explanation of each code', () => {
    const page = errorsPage([table, { name: 'empty', codes: {} }])
    expect(page).toContain('## planted\n\n### THING_MISSING\n\nerror: `no {thing}`\n\nHint: `` use `{other}` ``\n\nIt says &lt;+why> and `<+how>`.\n')
    expect(page).not.toContain('## empty')
    expect(anchors(page).has('thing_old')).toBe(true)
  })

  it('names a code that was added without its heading', () => {
    const page = errorsPage([table])
    expect(missingHeadings(['THING_MISSING', 'THING_OLD'], page)).toEqual([])
    expect(missingHeadings(['THING_MISSING', 'THING_NEW'], page)).toEqual(['THING_NEW'])
  })

  it('holds every real code, each defined once', async () => {
    const tables = await loadCodeTables(root)
    expect(duplicateCodes(tables)).toEqual([])
    expect(missingHeadings(Object.keys(codes), errorsPage(tables))).toEqual([])
  })

  it('notices a code that two tables define', () => {
    expect(duplicateCodes([table, { name: 'second', codes: { THING_OLD: entry } }])).toEqual(['THING_OLD is defined in planted and in second'])
  })
})
