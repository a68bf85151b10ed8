/** What `docker buildx bake --print` says, as far as it is used; the rest of a target is kept as it is. */
import * as v from 'valibot'
import { problem } from '../../../base/problem.ts'

const strings = v.optional(v.array(v.string()), [])

const target = v.looseObject({
  context: v.optional(v.string(), '.'),
  dockerfile: v.optional(v.string(), 'Dockerfile'),
  'dockerfile-inline': v.optional(v.string()),
  target: v.optional(v.string()),
  args: v.optional(v.record(v.string(), v.nullable(v.string())), {}),
  contexts: v.optional(v.record(v.string(), v.string()), {}),
  tags: strings,
  platforms: strings,
})

const file = v.looseObject({
  group: v.optional(v.record(v.string(), v.looseObject({ targets: strings })), {}),
  target: v.optional(v.record(v.string(), target), {}),
})

export type BakeFile = v.InferOutput<typeof file>
export type BakeTarget = v.InferOutput<typeof target>

/** Throws BUILDX_BAKE_FILE. */
export function readBakeFile(text: string): BakeFile {
  const read = v.safeParse(file, parsed(text))
  if (!read.success || Object.keys(read.output.target).length === 0) throw problem('BUILDX_BAKE_FILE', { reason: 'it has no targets' })
  return read.output
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
