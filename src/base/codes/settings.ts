/** Codes of settings. */
import type { CodeEntry } from '../codes.ts'

export const settingsCodes = {} as const satisfies Record<string, CodeEntry>
