/** Masks secrets in a stream of bytes and decodes it. What is shown does not depend on how the bytes were cut into chunks. */
import { StringDecoder } from 'node:string_decoder'
import { findSecrets, rowBefore, type SecretFinders } from './find-secrets.ts'
import { mask } from './masks.ts'

export interface MaskedStream {
  /** What can be shown now. A tail that may be the start of a secret, or of a character, is held back until more bytes decide. */
  push(bytes: Uint8Array): string
  flush(): string
}

export function maskedStream(finders: SecretFinders): MaskedStream {
  const decoder = new StringDecoder('utf8')
  let held: Uint8Array = new Uint8Array(0)
  /** So many of the held bytes belong to a secret whose mask was shown already. */
  let masked = 0
  let row = 0

  /** Shows what is decided, masks in place of secrets, and holds the rest. */
  const show = (bytes: Uint8Array, last: boolean): string => {
    const { covered, undecided } = findSecrets(bytes, finders, row)
    const cut = last ? bytes.length : undecided
    let shown = ''
    let at = masked
    for (const { start, end } of covered) {
      if (start >= cut) break
      // Together with what is masked already it is one.
      if (start >= at) shown += decoder.write(bytes.subarray(at, start)) + decoder.end() + mask
      at = Math.max(at, end)
    }
    if (at < cut) shown += decoder.write(bytes.subarray(at, cut))
    masked = Math.max(0, at - cut)
    row = rowBefore(bytes, cut, row)
    held = bytes.subarray(cut)
    return shown
  }
  return {
    push(bytes) {
      if (finders.plain.empty && held.length === 0) {
        row = rowBefore(bytes, bytes.length, row)
        return decoder.write(bytes)
      }
      return show(held.length === 0 ? bytes : Buffer.concat([held, bytes]), false)
    },
    flush: () => show(held, true) + decoder.end(),
  }
}
