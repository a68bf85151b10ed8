/** The part of docs/benchmarks.md between `begin NAME` and `end NAME`, written anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function writeBlock(root: string, name: string, text: string): void {
  const page = join(root, 'docs/benchmarks.md')
  const before = readFileSync(page, 'utf8')
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`]
  const [from, to] = [before.indexOf(begin), before.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page} has no place for ${name}`)
  writeFileSync(page, `${before.slice(0, from + begin.length)}\n${text}${before.slice(to)}`)
}
