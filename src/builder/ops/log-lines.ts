/** Output of a command as lines. */
import { StringDecoder } from 'node:string_decoder'

export interface LogLines {
  add(chunk: Buffer): void
  /** What has no line end yet. */
  end(): void
}

/** A line without an end is told in pieces. */
const longest = 64 * 1024

export function logLines(emit: (line: string) => void): LogLines {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  const tell = (line: string): void => {
    const text = line.replace(/\r$/, '')
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
    add: (chunk) => add(decoder.write(chunk)),
    end: () => {
      add(decoder.end())
      if (rest !== '') tell(rest)
      rest = ''
    },
  }
}
