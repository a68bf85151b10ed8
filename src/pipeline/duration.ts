/** Timeouts as Harness writes them: `10m`, `1h 30m`, `1d`. Seconds need two digits (`10s`, not `5s`). */
import { diagnose } from '../base/diagnostic.ts'
import type { Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { dynText } from '../dynamic/shapes.ts'
import { mapped } from '../yaml/shape/combine.ts'
import type { Shape } from '../yaml/shape/shape.ts'

/** The language of Harness' own pattern, written so that no text takes more than linear time. */
const timeoutPattern = /^([1-9]\d+s|[1-9]\d*[mhwd](\s?\d+[smhwd])*)$/
const interventionPattern = /[1-9]\d*[smhdw](\s+[1-9]\d*[smhdw])*/
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** undefined when the text is no duration. */
export function durationMs(text: string): number | undefined {
  if (!timeoutPattern.test(text.trim())) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/g)) sum += Number(count) * (unitMs[unit ?? ''] ?? 0)
  return sum
}

const doc = 'Longest time it may take: 30s, 10m, 1h 30m, 1d.'

const checked: Shape<Dynamic<Text>> = mapped(dynText({ doc }), (value, { report, path }) => {
  if (value.kind === 'literal' && typeof value.value === 'string' && value.value !== '' && durationMs(value.value) === undefined) {
    report(diagnose('MODEL_BAD_TIMEOUT', { path, found: value.value }, { at: value.at }))
    return undefined
  }
  return value
})

/** An empty timeout counts as none. */
export const timeout: Shape<Dynamic<Text>> = { ...checked, schema: dynText({ doc, pattern: new RegExp(`${timeoutPattern.source}|^$`) }).schema }

/** How long a person may take to decide: here single seconds are allowed, and parts are set apart by spaces. */
export const interventionTimeout = dynText({
  pattern: interventionPattern,
  patternName: 'a time such as 5s, 30m, 1h 30m or 1d',
  doc: 'How long to wait for a person: 30m, 1h 30m, 1d.',
})
