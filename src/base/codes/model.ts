/** Codes of model. */
import type { CodeEntry } from '../codes.ts'

export const modelCodes = {} as const satisfies Record<string, CodeEntry>
