/** Codes of expr. */
import type { CodeEntry } from '../codes.ts'

export const exprCodes = {} as const satisfies Record<string, CodeEntry>
