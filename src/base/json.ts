/** JSON as a type, and its canonical text: what cache keys and byte-identical plans are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Object keys sorted, `undefined` members left out, no white space. Two equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const members = membersOf(value).map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/**
 * The same text in pieces, for what is too large to be one: members and items down to `depth` come by themselves. Nothing is made before it is asked for.
 */
export function* canonicalParts(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || value === null || typeof value !== 'object') {
    yield canonicalJson(value)
    return
  }
  const isList = Array.isArray(value)
  const members = isList ? value.map((item) => ['', item ?? null] as const) : membersOf(value)
  yield isList ? '[' : '{'
  for (const [i, [key, member]] of members.entries()) {
    yield `${i === 0 ? '' : ','}${isList ? '' : `${JSON.stringify(key)}:`}`
    yield* canonicalParts(member, depth - 1)
  }
  yield isList ? ']' : '}'
}

function membersOf(value: object): readonly (readonly [string, unknown])[] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
