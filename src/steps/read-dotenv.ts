/** Lines `NAME=value`, as steps and plugins write them to the files of their outputs. Quoted values may have several lines. */
export interface Dotenv {
  readonly values: ReadonlyMap<string, string>
  /** Lines that say nothing. */
  readonly ignored: readonly string[]
}

const start = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=[ \t]*/
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

export function readDotenv(text: string): Dotenv {
  const values = new Map<string, string>()
  const ignored: string[] = []
  for (let rest = text; rest !== ''; ) {
    const line = rest.slice(0, endOfLine(rest))
    const name = start.exec(line)
    const value = name === null ? undefined : readValue(rest.slice(name[0].length))
    if (name?.[1] === undefined || value === undefined) {
      if (line.trim() !== '' && !line.trimStart().startsWith('#')) ignored.push(line)
      rest = rest.slice(line.length + 1)
      continue
    }
    values.set(name[1], value.text)
    rest = rest.slice(name[0].length + value.length)
    rest = rest.slice(endOfLine(rest) + 1)
  }
  return { values, ignored }
}

function endOfLine(text: string): number {
  const at = text.indexOf('\n')
  return at === -1 ? text.length : at
}

interface Value {
  readonly text: string
  /** Of the source. */
  readonly length: number
}

/** A quote that is never closed is a character like any other. */
function readValue(text: string): Value {
  if (text.startsWith("'")) {
    const end = text.indexOf("'", 1)
    if (end !== -1) return { text: text.slice(1, end), length: end + 1 }
  }
  const quoted = /^"((?:[^"\\]+|\\[\s\S])*)"/.exec(text)
  if (quoted !== null) return { text: (quoted[1] ?? '').replace(/\\([\s\S])/g, (_, c: string) => escapes[c] ?? c), length: quoted[0].length }
  const line = text.slice(0, endOfLine(text))
  return { text: line.trimEnd(), length: line.length }
}
