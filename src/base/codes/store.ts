/** Codes of store. */
import type { CodeEntry } from '../codes.ts'

export const storeCodes = {} as const satisfies Record<string, CodeEntry>
