/** Finds where YAML begins in a document, fenced or not: what the manifest must not have forgotten. */

export interface YamlStart {
  readonly line: number
  readonly col: number
  readonly how: 'fence' | 'indented key'
}

/** A key alone on its line, or right behind the full stop of a sentence when a page lost its layout. */
const openKey = /^(\s*|.*\.(?=- ))((?:- )?[a-z]\w*:)\s*(?:#.*)?$/

export function yamlStarts(document: string): readonly YamlStart[] {
  const lines = withoutFrontMatter(document.split('\n'))
  const starts: YamlStart[] = []
  let fence: 'yaml' | 'other' | undefined
  for (const [i, line] of lines.entries()) {
    const mark = /^\s*```\s*(\w*)/.exec(line)
    if (mark !== null) {
      const opens = fence === undefined
      fence = opens ? (/^ya?ml$/i.test(mark[1] ?? '') ? 'yaml' : 'other') : undefined
      if (opens && fence === 'yaml') starts.push({ line: i + 2, col: 1, how: 'fence' })
    } else if (fence === undefined) {
      const col = openKeyColumn(line, lines[i + 1] ?? '')
      if (col !== undefined) starts.push({ line: i + 1, col, how: 'indented key' })
    }
  }
  return starts
}

/** The head of a page is about the page. Its lines are blanked, so that numbers stay. */
function withoutFrontMatter(lines: readonly string[]): readonly string[] {
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1
  return lines.map((line, i) => (i <= end ? '' : line))
}

/** Only with something further to the right, or a list, below it. */
function openKeyColumn(line: string, next: string): number | undefined {
  const before = openKey.exec(line)?.[1]
  if (before === undefined) return undefined
  const depth = before.trim() === '' ? before.length : 0
  const below = next.length - next.trimStart().length
  return next.trim() !== '' && (below > depth || next.trimStart().startsWith('- ')) ? before.length + 1 : undefined
}
