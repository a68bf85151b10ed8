/** A line of `--progress rawjson`, as far as it is used. */
import * as v from 'valibot'

const vertex = v.object({
  digest: v.string(),
  name: v.optional(v.string(), ''),
  started: v.optional(v.string()),
  completed: v.optional(v.string()),
  cached: v.optional(v.boolean()),
  error: v.optional(v.string()),
})
const status = v.object({
  id: v.string(),
  vertex: v.string(),
  current: v.optional(v.number(), 0),
  total: v.optional(v.number()),
})
const log = v.object({ vertex: v.string(), stream: v.optional(v.number(), 1), data: v.optional(v.string(), '') })
const range = v.object({ start: v.object({ line: v.number() }) })
const warning = v.object({
  short: v.optional(v.string(), ''),
  url: v.optional(v.string()),
  range: v.optional(v.nullable(v.array(range))),
})

const line = v.object({
  vertexes: v.optional(v.nullable(v.array(vertex))),
  statuses: v.optional(v.nullable(v.array(status))),
  logs: v.optional(v.nullable(v.array(log))),
  warnings: v.optional(v.nullable(v.array(warning))),
})

export type ProgressLine = v.InferOutput<typeof line>
export type Vertex = v.InferOutput<typeof vertex>

/** Undefined: the line is no progress. */
export function readProgressLine(text: string): ProgressLine | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const read = v.safeParse(line, JSON.parse(text))
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}
