/** Checks that relative links and anchors of Markdown pages resolve, and that paths ARCHITECTURE.md names exist. */
import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { walk } from '../support/walk.ts'
import { anchors, links, namedPaths } from './markdown.ts'

export function brokenLinks(root: string): readonly string[] {
  const pages = walk(root, '', (path) => path.endsWith('.md') && !path.includes('/testdata/'))
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return links(text).flatMap(({ target, line }) => {
      const complaint = judge(root, page, target)
      return complaint === undefined ? [] : [`${page}:${line}: ${complaint}`]
    })
  })
}

export function missingPaths(root: string, page: string): readonly string[] {
  return namedPaths(readFileSync(join(root, page), 'utf8'))
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${page}: names ${path}, which does not exist`)
}

function judge(root: string, page: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), decodeURIComponent(path)))
  if (file.startsWith('..')) return `${target} leads out of the repository`
  if (!existsSync(join(root, file))) return `${target} does not exist`
  if (anchor === undefined || anchor === '' || !file.endsWith('.md')) return undefined
  return anchors(readFileSync(join(root, file), 'utf8')).has(decodeURIComponent(anchor)) ? undefined : `${target}: no such heading`
}
