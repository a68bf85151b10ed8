/** --cache-from and --cache-to as docker build takes them: `type=registry,ref=…`, or just an image. */
import { problem } from '../base/problem.ts'
import { csvFields } from '../dockerfile/csv-fields.ts'
import type { PlainCacheSpec } from './cache-place.ts'

/** For `cacheSource` and `cacheTarget`. Throws CACHE_SPEC_INVALID. */
export function parseCacheFlag(text: string): PlainCacheSpec {
  const fields = csvFields(text)
  if (fields === undefined) throw problem('CACHE_SPEC_INVALID', { type: text.slice(0, 80), reason: 'a quote is not closed' })
  const [only] = fields
  if (fields.length === 1 && only !== undefined && !only.includes('=')) return { type: 'registry', attributes: { ref: only } }
  const attributes: Record<string, string> = {}
  for (const field of fields) {
    const at = field.indexOf('=')
    if (at < 1) throw problem('CACHE_SPEC_INVALID', { type: text.slice(0, 80), reason: `"${field.slice(0, 80)}" is not NAME=VALUE` })
    attributes[field.slice(0, at).trim().toLowerCase()] = field.slice(at + 1)
  }
  const { type, ...rest } = attributes
  if (type === undefined) throw problem('CACHE_SPEC_INVALID', { type: text.slice(0, 80), reason: 'it names no type' })
  return { type, attributes: rest }
}
