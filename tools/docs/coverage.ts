/** Reads docs/coverage.md: which row of the inventory is in which state, and which tests show it. */

export const states = ['done', 'read', 'open'] as const
export type CoverageState = (typeof states)[number]

/** Words that the page quotes from a test file. */
export interface Quote {
  readonly file: string
  readonly words: string
}

export interface CoverageRow {
  readonly id: string
  readonly state: string
  /** Test files and contracts, in back-ticks. */
  readonly files: readonly string[]
  readonly quotes: readonly Quote[]
}

const rowLine = /^\| ([A-Z]+-\d+) \| (\w+) \| (.*) \|$/gm

export function coverageRows(page: string): readonly CoverageRow[] {
  return [...page.matchAll(rowLine)].map(([, id = '', state = '', shown = '']) => ({ id, state, ...shownBy(shown) }))
}

/** The line at the top of the page. */
export function countsLine(rows: readonly CoverageRow[]): string {
  const counts = states.map((state) => `${rows.filter((row) => row.state === state).length} ${state}`)
  return `${rows.length} rows: ${counts.join(', ')}.`
}

/** Identifiers of an inventory: the first cell of each line of its tables. */
export function inventoryIds(inventory: string): readonly string[] {
  return [...inventory.matchAll(/^\|\s*([A-Z]+-\d+)\s*\|/gm)].map(([, id = '']) => id)
}

/** Quoted words belong to the file named last before them. */
function shownBy(cell: string): Pick<CoverageRow, 'files' | 'quotes'> {
  const files: string[] = []
  const quotes: Quote[] = []
  for (const [, code, words] of cell.matchAll(/`([^`]+)`|“([^”]+)”/g)) {
    if (code !== undefined && /\/.*\.ts$/.test(code)) files.push(code)
    const file = files.at(-1)
    if (words !== undefined && file !== undefined) quotes.push({ file, words })
  }
  return { files, quotes }
}
