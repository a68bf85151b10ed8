/** Codes of engine. */
import type { CodeEntry } from '../codes.ts'

export const engineCodes = {} as const satisfies Record<string, CodeEntry>
