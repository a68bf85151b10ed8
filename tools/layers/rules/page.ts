/** The page in the browser stands beside the floors: it reads the few folders that layers.json names, and nothing of the house reads it. */
import type { Rule } from '../finding.ts'
import { placeOf } from '../map.ts'

export const page: Rule = (file, { map }) => {
  const { folder, may } = map.page ?? { folder: 'web', may: [] }
  const inside = (path: string): boolean => path.startsWith(`${folder}/`)
  if (file.isTest) return []
  return file.imports.flatMap(({ path, line, specifier }) => {
    const message = inside(file.path) ? fromPage(path, specifier) : fromHouse(path)
    return message === undefined ? [] : [{ line, message, target: path ?? specifier }]
  })

  function fromPage(path: string | undefined, specifier: string): string | undefined {
    if (path === undefined) return specifier.startsWith('node:') ? `${folder} runs in browsers and may not import ${specifier}` : undefined
    const to = placeOf(map, path)
    if (inside(path) || (to !== undefined && may.includes(to.folder))) return undefined
    return `${folder} may import ${may.join(', ')} and its own files, not ${path}`
  }

  function fromHouse(path: string | undefined): string | undefined {
    return path !== undefined && inside(path) && file.path.startsWith('src/') ? `source may not import the page` : undefined
  }
}
