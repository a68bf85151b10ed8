/** A file over 400 lines is two files, unless layers.json lists it among the tables. */
import type { Rule } from '../finding.ts'

export const longest = 400

export const size: Rule = (file, { map }) => {
  const isTable = (map.tables ?? []).some((table) => file.path === table || (table.endsWith('/') && file.path.startsWith(table)))
  return file.lines > longest && !isTable ? [{ line: longest + 1, message: `${file.lines} lines; the limit is ${longest}` }] : []
}
