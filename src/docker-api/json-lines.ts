/** Long answers of the engine: one JSON object per line, as it gets on. */
import type { Readable } from 'node:stream'

const longestLine = 64 * 1024

export async function* jsonLines(body: Readable): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of body.setEncoding('utf8')) {
    const parts = `${rest}${chunk}`.split('\n')
    rest = (parts.pop() ?? '').slice(0, longestLine)
    yield* parts.filter((part) => part.trim() !== '')
  }
  if (rest.trim() !== '') yield rest
}
