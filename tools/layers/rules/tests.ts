/** House rules of tests: no mocked modules, nothing focused, no skip without a reason. */
import type { Rule } from '../finding.ts'
import { lineOf } from '../imports.ts'

const habits: readonly { readonly shape: RegExp; readonly message: string }[] = [
  { shape: /(?<![\w$.])vi\s*\.\s*(?:mock|doMock|hoisted)\b/g, message: 'no mocked modules: pass a fake as an argument' },
  { shape: /(?<![\w$.])(?:it|test|describe|suite)(?:\.\w+)*\.only\b/g, message: '.only keeps every other test from running' },
  {
    shape: /(?<![\w$.])(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|skipIf|runIf|todo)\b/g,
    message: 'a skip needs a reason: pass needs(condition, reason) from test/support/skip.ts',
  },
  { shape: /(?<![\w$.])(?:xit|xtest|xdescribe|fit|fdescribe)\s*\(/g, message: 'a skip needs a reason, and nothing is focused' },
  { shape: /[{,]\s*skip\s*:\s*true\b/g, message: 'a skip needs a reason: pass needs(condition, reason) from test/support/skip.ts' },
]

export const testHabits: Rule = (file) => {
  if (!file.isTest || file.path.startsWith('test/support/')) return []
  return habits.flatMap(({ shape, message }) => [...file.masked.matchAll(shape)].map((match) => ({ line: lineOf(file.text, match.index), message })))
}
