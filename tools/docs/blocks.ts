/** Generated parts of hand-written pages stand between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
export const generated = '<!-- Written by `npm run docs`. Change the source, not this page. -->'

export function replaceBlock(page: string, name: string, content: string): string {
  const begin = `<!-- begin ${name} -->`
  const end = `<!-- end ${name} -->`
  const from = page.indexOf(begin)
  const to = page.indexOf(end)
  if (from === -1 || to < from) throw new Error(`the page needs the markers ${begin} and ${end}, in this order`)
  return `${page.slice(0, from + begin.length)}\n${content.trim()}\n${page.slice(to)}`
}
