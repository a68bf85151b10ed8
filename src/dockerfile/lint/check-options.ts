/** `# check=skip=A,B;error=true;experimental=C`: which rules run, and whether a finding fails the build. */
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import type { Word } from '../word.ts'

export interface CheckOptions {
  readonly skip: ReadonlySet<string> | 'all'
  readonly experimental: ReadonlySet<string> | 'all'
  readonly error: boolean
}

export function parseCheckOptions(word: Word | undefined, report: (d: Diagnostic) => void): CheckOptions {
  const names: Record<'skip' | 'experimental', ReadonlySet<string> | 'all'> = { skip: new Set(), experimental: new Set() }
  let error = false
  for (const part of (word?.text ?? '').split(';').filter((one) => one.trim() !== '')) {
    const equals = part.indexOf('=')
    const key = part.slice(0, Math.max(equals, 0)).trim()
    const value = part.slice(equals + 1).trim()
    if (key === 'skip' || key === 'experimental') names[key] = value === 'all' ? 'all' : new Set(value.split(',').map((name) => name.trim()))
    else if (key === 'error' && /^(?:1|t|true|0|f|false)$/i.test(value)) error = /^(?:1|t|true)$/i.test(value)
    else report(diagnose('DOCKERFILE_CHECK_INVALID', { option: part.trim() }, { at: word?.at }))
  }
  return { ...names, error }
}

export function includes(names: ReadonlySet<string> | 'all', name: string): boolean {
  return names === 'all' || names.has(name)
}
