/** `key=value,key=value` as buildx's flags have it: quotes around a part with commas, known keys only. */
import { problem } from '../../base/problem.ts'
import { csvFields } from '../../dockerfile/csv-fields.ts'
import { didYouMean } from '../../text/suggest.ts'

/** `alone`: what a part without an equals sign is the value of. Keys are the same in capitals. */
export function readSpec(flag: string, text: string, keys: readonly string[], alone?: string): ReadonlyMap<string, string> {
  const wrong = (reason: string, hint?: string) => problem('BUILD_FLAG_INVALID', { flag, text, reason }, { hint })
  const parts = csvFields(text)
  if (parts === undefined) throw wrong('its quotes do not match')
  const values = new Map<string, string>()
  for (const part of parts) {
    const at = part.indexOf('=')
    const key = at < 0 ? (alone ?? '') : part.slice(0, at).trim().toLowerCase()
    if (key === '') throw wrong(`"${part}" is no KEY=VALUE`)
    if (!keys.includes(key)) throw wrong(`"${key}" is not among ${keys.join(', ')}`, didYouMean(key, keys))
    values.set(key, part.slice(at + 1))
  }
  return values
}
