/** Codes of image. */
import type { CodeEntry } from '../codes.ts'

export const imageCodes = {} as const satisfies Record<string, CodeEntry>
