/** Variables as expressions see them. A value with expressions inside is handed on as source: the evaluator goes on with it. */
import { secretText } from '../../base/secret-text.ts'
import { folder, type Slot, source, value } from '../../expr/scope.ts'
import type { Variable } from '../../pipeline/variables.ts'

export function variablesFolder(variables: readonly Variable[] | undefined, overrides: Readonly<Record<string, string>> = {}): Slot {
  const slots = new Map<string, Slot>()
  for (const variable of variables ?? [])
    slots.set(variable.name, slotOf(variable, Object.hasOwn(overrides, variable.name) ? overrides[variable.name] : undefined))
  return folder(slots)
}

function slotOf(variable: Variable, override: string | undefined): Slot {
  if (override !== undefined) return value(override)
  const dynamic = variable.value ?? variable.default
  if (dynamic === undefined || dynamic === null) return value(null)
  if (dynamic.kind === 'template') return source(dynamic.node.source, dynamic.node.answers)
  const text = dynamic.value
  // The value of a Secret variable is the secret's name, never the secret.
  if (variable.type === 'Secret') return value(typeof text === 'string' ? secretText(text) : text)
  return value(variable.type === 'Number' && typeof text === 'string' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text)
}
