/** Output of a command as lines, and the last of them for when it fails. */
import { StringDecoder } from 'node:string_decoder'

export interface LogLines {
  add(chunk: Buffer): void
  /** What has no line end yet. */
  end(): void
  readonly last: readonly string[]
}

const remembered = 20
/** A line without an end is told in pieces. */
const longest = 64 * 1024

export function logLines(emit: (line: string) => void): LogLines {
  const decoder = new StringDecoder('utf8')
  const last: string[] = []
  let rest = ''
  const tell = (line: string): void => {
    const text = line.replace(/\r$/, '')
    last.push(text)
    if (last.length > remembered) last.shift()
    emit(text)
  }
  const add = (text: string): void => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line)
    if (rest.length < longest) return
    tell(rest)
    rest = ''
  }
  return {
    last,
    add: (chunk) => add(decoder.write(chunk)),
    end: () => {
      add(decoder.end())
      if (rest !== '') tell(rest)
      rest = ''
    },
  }
}
