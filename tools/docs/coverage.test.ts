/** docs/coverage.md names tests that exist, counts rightly, and leaves no row of the inventory out. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { needs } from '../../test/support/skip.ts'
import { root } from '../support/root.ts'
import { countsLine, coverageRows, inventoryIds, states } from './coverage.ts'

const page = readFileSync(join(root, 'docs/coverage.md'), 'utf8')
const rows = coverageRows(page)

const samples = process.env['SLIPWAY_SAMPLES'] ?? ''
const inventory = join(dirname(samples), 'spec/mission-inventory.md')
const found = samples !== '' && existsSync(inventory)
const reason = samples === '' ? 'SLIPWAY_SAMPLES is not set' : `${inventory} does not exist`

/** A test file with the tables of cases beside it. */
function textOf(file: string): string {
  const folder = dirname(join(root, file))
  const tables = readdirSync(folder).filter((name) => name.endsWith('.testing.ts'))
  return [join(root, file), ...tables.map((name) => join(folder, name))].map((path) => readFileSync(path, 'utf8')).join('\n')
}

describe('the coverage page', () => {
  it('names only files that exist', () => {
    const files = new Set(rows.flatMap((row) => row.files))
    expect([...files].filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('quotes what stands in those files', () => {
    const wrong = rows.flatMap(({ id, quotes }) => quotes.filter(({ file, words }) => !textOf(file).includes(words)).map((quote) => ({ id, ...quote })))
    expect(wrong).toEqual([])
  })

  it('names a test for every row that is done', () => {
    const bare = rows.filter((row) => row.state === 'done' && !row.files.some((file) => file.endsWith('.test.ts')))
    expect(bare.map((row) => row.id)).toEqual([])
  })

  it('knows three states, and counts them at the top', () => {
    expect(rows.filter((row) => !states.some((state) => state === row.state)).map((row) => row.id)).toEqual([])
    expect(page.split('\n')[2]).toBe(countsLine(rows))
  })

  it('reads every line of its tables', () => {
    const lines = page.split('\n').filter((line) => /^\|\s*[A-Z]+-/.test(line))
    expect(rows).toHaveLength(lines.length)
  })

  it('lists each row of the inventory once', needs(found, reason), () => {
    expect(rows.map((row) => row.id).sort()).toEqual([...inventoryIds(readFileSync(inventory, 'utf8'))].sort())
  })
})
