/** `NAME=VALUE` options, given as often as needed. */
import { problem } from '../base/problem.ts'

export function nameValues(option: string, given: readonly string[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const text of given) {
    const at = text.indexOf('=')
    if (at < 1) throw problem('NAME_VALUE_BAD', { option, text })
    values[text.slice(0, at)] = text.slice(at + 1)
  }
  return values
}

/** Commander's way of collecting an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}
