/** What src/ may not reach: tests, test support and tools. And what src/ may not hold: folders that no floor lists. */
import type { Rule } from '../finding.ts'
import { placeOf } from '../map.ts'
import { isTestPath } from '../tree.ts'

export const outside: Rule = (file) => {
  if (!file.path.startsWith('src/') || file.isTest) return []
  return file.imports.flatMap(({ path, line }) => {
    if (path === undefined || !(path.startsWith('tools/') || isTestPath(path))) return []
    return [{ line, message: `source may not import ${path.startsWith('tools/') ? 'tools' : 'tests'}`, target: path }]
  })
}

export const listed: Rule = (file, { map }) => {
  if (!file.path.startsWith('src/') || placeOf(map, file.path) !== undefined) return []
  return [{ line: 1, message: `no floor of layers.json lists the folder ${file.path.split('/').slice(0, -1).join('/')}` }]
}
