/** Parser directives: `# syntax=`, `# escape=` and `# check=` in the first comment lines of the file. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { SourceFile } from '../text/source-file.ts'
import { type PhysicalLine, physicalLines } from './physical-lines.ts'
import type { Word } from './word.ts'

export interface Directives {
  readonly syntax: Word | undefined
  readonly check: Word | undefined
  /** What continues a line and escapes a character: a backslash unless the file says otherwise. */
  readonly escape: '\\' | '`'
}

const pattern = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/
const names = ['syntax', 'escape', 'check']

/** The first line that is no directive ends them; a shebang line is passed over, but `escape` does not count after it. */
export function readDirectives(file: SourceFile, report: (d: Diagnostic) => void): Directives {
  const found = new Map<string, Word>()
  for (const line of physicalLines(file.text)) {
    const shebang = line.start === 0 && line.text.startsWith('#!')
    if (shebang) continue
    const directive = readDirective(file, line)
    if (directive === undefined) break
    if (found.has(directive.name)) report(diagnose('DOCKERFILE_DIRECTIVE_TWICE', { directive: directive.name }, { at: directive.value.at }))
    else found.set(directive.name, directive.value)
  }
  const given = file.text.startsWith('#!') ? undefined : found.get('escape')
  if (given !== undefined && given.text !== '`' && given.text !== '\\') report(diagnose('DOCKERFILE_ESCAPE_INVALID', { value: given.text }, { at: given.at }))
  return { syntax: found.get('syntax'), check: found.get('check'), escape: given?.text === '`' ? '`' : '\\' }
}

function readDirective(file: SourceFile, line: PhysicalLine): { name: string; value: Word } | undefined {
  const match = pattern.exec(line.text.trimStart())
  const name = match?.[1]?.toLowerCase()
  const text = match?.[2]?.trimEnd()
  if (name === undefined || text === undefined || !names.includes(name)) return undefined
  const from = line.start + line.text.indexOf(text, line.text.indexOf('=') + 1)
  return { name, value: { text, at: file.span(from, from + text.length) } }
}
