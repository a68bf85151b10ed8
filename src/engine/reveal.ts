/** Secrets by name to values, at the last moment: asked source by source, and known to the redactor before anyone else sees them. */
import { diagnose } from '../base/diagnostic.ts'
import type { Planned } from '../base/planned.ts'
import { problem } from '../base/problem.ts'
import { isSecretText, type Text } from '../base/secret-text.ts'
import { type SecretValue, secretValue } from '../ports/secret-source.ts'
import type { RunContext } from './parts.ts'

export async function revealText(text: Text, context: RunContext): Promise<string> {
  if (typeof text === 'string') return text
  const pieces = await Promise.all(text.pieces.map(async (piece) => (typeof piece === 'string' ? piece : (await revealSecret(piece.secret, context)).reveal())))
  return pieces.join('')
}

/** For environments: text with secrets stays wrapped until the process starts. */
export async function revealValue(text: Text, context: RunContext): Promise<string | SecretValue> {
  return isSecretText(text) ? secretValue('text', await revealText(text, context)) : text
}

async function revealSecret(name: string, context: RunContext): Promise<SecretValue> {
  const own = context.runSecrets.get(name)
  if (own !== undefined) return secretValue(name, own)
  for (const source of context.secrets) {
    const value = await source.read(name, { signal: context.signal })
    if (value === undefined) continue
    const known = context.redactor.register(value.reveal())
    if (known === 'short') await context.note?.(diagnose('SECRET_SHORT', { name, length: value.reveal().trim().length }))
    return value
  }
  throw problem('SECRET_NOT_FOUND', {
    name,
    sources: context.secrets.map((source) => source.name).join(', '),
    variable: name.replace(/\W/g, '_').toUpperCase(),
  })
}

/** A step's plan is made with all that is known: a value still deferred now waits for something that did not happen. */
export function nowKnown<T>(planned: Planned<T>): T {
  if (planned.kind === 'known') return planned.value
  throw problem('VALUE_NOT_KNOWN', { source: planned.source, until: planned.until }, { at: planned.at })
}
