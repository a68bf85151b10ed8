/** What the link checker needs of a Markdown page: its links, its headings as GitHub anchors, the paths it names. */
export interface MarkdownLink {
  readonly target: string
  readonly line: number
}

export function links(page: string): readonly MarkdownLink[] {
  const text = page.replace(/^(```|~~~)[\s\S]*?^\1/gm, blank).replace(/`[^`\n]*`/g, blank)
  const shapes = [/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g, /^\s*\[[^\]]+\]:\s*(\S+)/gm, /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g]
  return shapes
    .flatMap((shape) => [...text.matchAll(shape)].map((match) => ({ target: match[1] ?? '', line: text.slice(0, match.index).split('\n').length })))
    .sort((a, b) => a.line - b.line)
}

export function anchors(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const found = new Set([...page.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((match) => match[1] ?? ''))
  for (const match of page.replace(/^(```|~~~)[\s\S]*?^\1/gm, blank).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = slugOf(match[1] ?? '')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    found.add(before === 0 ? slug : `${slug}-${before}`)
  }
  return found
}

/** Paths in back-ticks that claim to be files or folders of the repository: `src/base/codes.ts`, `tools/docs/`. */
export function namedPaths(page: string): readonly string[] {
  return [...page.matchAll(/`((?:src|test|tools|docs|examples|\.ci)\/[\w./-]*)`/g)].map((match) => match[1] ?? '')
}

function slugOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, '')
    .replaceAll(' ', '-')
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
