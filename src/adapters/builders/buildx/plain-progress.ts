/** `--progress plain` of older versions as the lines of the newer form: `#5 [2/4] RUN make`, `#5 0.123 text`, `#5 DONE 0.4s`. */
import type { ProgressLine } from './progress-schema.ts'

const began = '1'

/** Keeps the names of steps: they stand in their first line only. Undefined: the line belongs to no step. */
export function plainProgress(): (text: string) => ProgressLine | undefined {
  const names = new Map<string, string>()
  return (text) => {
    const [, number = '', rest = ''] = /^#(\d+) (.*)$/.exec(text) ?? []
    if (number === '' || number === '0') return undefined
    const name = names.get(number)
    if (name === undefined) {
      names.set(number, rest)
      return { vertexes: [{ digest: number, name: rest, started: began }] }
    }
    if (rest === name) return {}
    const ended = /^(?:(DONE) [\d.]+s|(CACHED)|(CANCELED)|ERROR: (.*))$/.exec(rest)
    if (ended === null) return { logs: [{ vertex: number, stream: 1, data: Buffer.from(`${rest.replace(/^\d+\.\d+ /, '')}\n`).toString('base64') }] }
    const [, , cached, canceled, error] = ended
    const failure = canceled === undefined ? error : 'context canceled'
    return {
      vertexes: [{ digest: number, name, started: began, completed: began, cached: cached !== undefined, ...(failure !== undefined && { error: failure }) }],
    }
  }
}
