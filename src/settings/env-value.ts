/** A member of `envVariables`: variables are text, so numbers and booleans become text, with a remark. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import type { Text } from '../base/secret-text.ts'
import type { Span } from '../base/span.ts'
import { scalarText, type YamlValue } from './yaml-value.ts'

export function envValue(name: string, value: YamlValue, at?: Span): { readonly text?: Text; readonly diagnostics: readonly Diagnostic[] } {
  if (value === null) return { text: '', diagnostics: [] }
  const text = scalarText(value)
  if (text === undefined) return { diagnostics: [diagnose('SETTINGS_NOT_TEXT', { what: `variable ${name}` }, { at })] }
  if (typeof value !== 'number' && typeof value !== 'boolean') return { text, diagnostics: [] }
  return { text, diagnostics: [diagnose('SETTINGS_VALUE_COERCED', { name, value: String(value) }, { at })] }
}
