/** Finds what a source file imports: static, re-exported, dynamic, type-only, and worker files named by `new URL(...)`. */
export interface ImportSite {
  readonly specifier: string
  readonly line: number
}

const named = String.raw`(?:[\w$]+\s*,\s*)?(?:[\w$]+|\*\s*as\s+[\w$]+|\{[^}]*\})`
const shapes: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\w$.])import\s+(?:type\s+)?${named}\s*from\s*(?=['"])`, 'g'),
  /(?<![\w$.])import\s*(?=['"])/g,
  /(?<![\w$.])export\s+(?:type\s+)?(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*(?=['"])/g,
  /(?<![\w$.])import\s*\(\s*(?=['"])/g,
  /(?<![\w$.])new\s+URL\s*\(\s*(?=['"])/g,
]

/** `masked` is the same text with comments and strings blanked, see mask.ts. */
export function findImports(text: string, masked: string): readonly ImportSite[] {
  const sites: ImportSite[] = []
  for (const shape of shapes) {
    for (const match of masked.matchAll(shape)) {
      const open = match.index + match[0].length
      const close = masked.indexOf(masked.charAt(open), open + 1)
      const specifier = text.slice(open + 1, close)
      const isUrl = match[0].startsWith('new')
      if (!isUrl || /^\.\.?\/.*\.ts$/.test(specifier)) sites.push({ specifier, line: lineOf(text, open) })
    }
  }
  return sites.sort((a, b) => a.line - b.line)
}

export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++
  return line
}
