import { expect, it } from 'vitest'
import { settingsCodes } from '../base/codes/settings.ts'
import type { CodeEntry } from '../base/codes.ts'

/** Their hint is the nearest name, when there is one. */
const suggested = ['SETTINGS_UNKNOWN_FIELD', 'JOB_OPTION_UNKNOWN', 'ENGINE_UNKNOWN']

it('gives a hint with every error', () => {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(settingsCodes)
  const without = entries.filter(([, entry]) => entry.severity === 'error' && entry.hint === undefined).map(([code]) => code)
  expect(without).toEqual(suggested)
})
