/** Paragraphs between empty lines, as dpkg and apk write their databases: read as they come, each of bounded size. */

const longest = 4 * 1024 * 1024

/** Throws nothing: a paragraph that is too long is cut, and is `broken`. */
export async function* stanzas(body: AsyncIterable<Buffer>): AsyncGenerator<{ readonly text: string; readonly broken: boolean }> {
  const decoder = new TextDecoder()
  let rest = ''
  let broken = false
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n', from)) {
      if (end > from) yield { text: rest.slice(from, end), broken }
      broken = false
      from = end + 2
      while (rest.charCodeAt(from) === 0x0a) from++
    }
    rest = rest.slice(from)
    if (rest.length > longest) {
      broken = true
      // The end may be half of the empty line that is waited for.
      rest = rest.slice(-1)
    }
  }
  const last = (rest + decoder.decode()).trimEnd()
  if (last !== '') yield { text: last, broken }
}

/** The first line of a field: `Package: x`. */
export function fieldOf(text: string, name: string): string | undefined {
  const start = text.startsWith(`${name}:`) ? 0 : text.indexOf(`\n${name}:`)
  if (start < 0) return undefined
  const from = text.indexOf(':', start) + 1
  const end = text.indexOf('\n', from)
  const value = text.slice(from, end < 0 ? undefined : end).trim()
  return value === '' ? undefined : value
}
