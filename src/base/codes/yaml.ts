/** Codes of yaml. */
import type { CodeEntry } from '../codes.ts'

export const yamlCodes = {} as const satisfies Record<string, CodeEntry>
