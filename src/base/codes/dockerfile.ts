/** Codes of dockerfile. */
import type { CodeEntry } from '../codes.ts'

export const dockerfileCodes = {} as const satisfies Record<string, CodeEntry>
