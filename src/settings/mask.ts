/** The variables whose values are secrets: masked wherever they would be printed. */

import type { Text } from '../base/secret-text.ts'
import { entriesOf } from './collect.ts'
import { type ImageSettings, rows } from './image-settings.ts'

export function maskNames(): ReadonlySet<string> {
  return new Set(Object.values(rows).flatMap((row) => (row.secret ? row.env.map((name) => name.name) : [])))
}

/** Plain texts that must never be printed: what secret rows were given in clear. */
export function clearSecrets(settings: ImageSettings): readonly string[] {
  return entriesOf(settings).flatMap(([key, { value }]) => {
    if (rows[key]?.secret !== true || value.kind !== 'known') return []
    return literalsOf(value.value as Text)
  })
}

function literalsOf(text: Text): readonly string[] {
  const pieces = typeof text === 'string' ? [text] : text.pieces
  return pieces.filter((piece) => typeof piece === 'string' && piece !== '').map(String)
}
