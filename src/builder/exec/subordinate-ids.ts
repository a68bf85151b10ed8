/** /etc/subuid and /etc/subgid: which ids a user may give to processes of a user namespace. */

export interface IdRange {
  readonly start: number
  readonly count: number
}

/** The largest range of the user, by name or by number: lines of `who:start:count`. */
export function rangeOf(text: string, person: { readonly name: string; readonly uid: number }): IdRange | undefined {
  const ranges = text.split('\n').flatMap((line) => {
    const [who, start, count] = line.trim().split(':')
    if (who !== person.name && who !== String(person.uid)) return []
    const range = { start: Number(start), count: Number(count) }
    return Number.isSafeInteger(range.start) && Number.isSafeInteger(range.count) && range.count > 0 ? [range] : []
  })
  return ranges.sort((a, b) => b.count - a.count)[0]
}
