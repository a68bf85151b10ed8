/** WWW-Authenticate: which kinds of proof a registry takes. */

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
}

/** All challenges of all headers; a header may hold several. Text that is none is passed over. */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap(parseHeader)
}

const piece = /^\s*,?\s*(?:([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([A-Za-z0-9_-]+)(?=\s|,|$))/

function parseHeader(header: string): readonly Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = []
  let rest = header
  for (let match = piece.exec(rest); match !== null && match[0] !== ''; match = piece.exec(rest)) {
    const [whole, key, quoted, bare, scheme] = match
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), parameters: {} })
    const current = found.at(-1)
    if (key !== undefined && current !== undefined) current.parameters[key.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''
    rest = rest.slice(whole.length)
  }
  return found
}
