/** One line of comma-separated values; a field in double quotes may hold commas, and quotes as "". */
export function csvFields(line: string): readonly string[] | undefined {
  const fields: string[] = []
  let rest = line
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(rest)
    const plain = quoted === null ? /^([^",]*)(,|$)/.exec(rest) : null
    const match = quoted ?? plain
    if (match === null) return undefined
    fields.push((match[1] ?? '').replaceAll('""', '"'))
    if (match[2] === '') return fields
    rest = rest.slice(match[0].length)
  }
}
