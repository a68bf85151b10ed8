import { describe, expect, it } from 'vitest'
import { rangeOf } from './subordinate-ids.ts'

const person = { name: 'ann', uid: 1001 }

describe('subordinate ids', () => {
  it.each([
    ['by name', 'bob:1:2\nann:100000:65536\n', { start: 100000, count: 65536 }],
    ['by number', '1001:200000:65536\n', { start: 200000, count: 65536 }],
    ['the largest', 'ann:1:10\n1001:500:70\nann:9:20\n', { start: 500, count: 70 }],
    ['nobody else', 'anna:1:10\n', undefined],
    ['no numbers', 'ann:x:10\nann:1:\n\n', undefined],
    ['nothing', '', undefined],
  ])('%s', (_name, text, expected) => expect(rangeOf(text, person)).toEqual(expected))
})
