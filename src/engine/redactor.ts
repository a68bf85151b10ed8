/** The one choke point for secrets: knows every value revealed in a run and masks it in texts and in streams of bytes, across chunk borders. */
import { byteFinder } from './byte-finder.ts'
import { findSecrets, type SecretFinders } from './find-secrets.ts'
import { type MaskedStream, maskedStream } from './masked-stream.ts'
import { isMaskable, mask, spellings } from './masks.ts'

export interface Redactor {
  /** A text too short to be masked wherever it stands is masked only where nothing else stands beside it; its first time is answered with `short`. */
  register(secret: string): 'short' | undefined
  text(text: string): string
  stream(): MaskedStream
}

export function redactor(): Redactor {
  const finders: SecretFinders = { plain: byteFinder(), wrapped: byteFinder() }
  const known = new Set<string>()
  const short = new Set<string>()
  return {
    register(secret) {
      if (known.has(secret)) return undefined
      known.add(secret)
      if (!isMaskable(secret)) {
        if (secret.trim() === '') return undefined
        short.add(secret.trim())
        return 'short'
      }
      const { plain, wrapped } = spellings(secret)
      for (const form of [...plain, ...wrapped]) finders.plain.add(Buffer.from(form))
      for (const form of wrapped) finders.wrapped.add(Buffer.from(form))
      return undefined
    },
    text(text) {
      if (short.has(text.trim())) return mask
      return finders.plain.empty ? text : maskText(text, finders)
    },
    stream: () => maskedStream(finders),
  }
}

/** A text without secrets is left as it is, also where it is no good Unicode. */
function maskText(text: string, finders: SecretFinders): string {
  const bytes = Buffer.from(text)
  const { covered } = findSecrets(bytes, finders, 0)
  if (covered.length === 0) return text
  let shown = ''
  let at = 0
  for (const { start, end } of covered) {
    shown += bytes.toString('utf8', at, start) + mask
    at = end
  }
  return shown + bytes.toString('utf8', at)
}
