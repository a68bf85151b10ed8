/** Codes of registry. */
import type { CodeEntry } from '../codes.ts'

export const registryCodes = {} as const satisfies Record<string, CodeEntry>
