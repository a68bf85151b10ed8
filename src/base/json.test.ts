import { describe, expect, it } from 'vitest'
import { canonicalJson, canonicalParts } from './json.ts'

const value = { b: [1, { d: null, c: 'x' }, undefined], a: {}, z: undefined, e: [] }

describe('canonical JSON', () => {
  it('sorts keys and leaves out what is not there', () => {
    expect(canonicalJson(value)).toBe('{"a":{},"b":[1,{"c":"x","d":null},null],"e":[]}')
  })

  it.each([0, 1, 2, 9])('comes in pieces to the same text, down to depth %i', (depth) => {
    expect([...canonicalParts(value, depth)].join('')).toBe(canonicalJson(value))
  })

  it('makes no piece before it is asked for', () => {
    const parts = canonicalParts({ a: [1, 2, { b: 'x'.repeat(100) }], c: 1 }, 2)
    expect([parts.next().value, parts.next().value, parts.next().value]).toEqual(['{', '"a":', '['])
    expect([...parts].every((part) => part.length <= 110)).toBe(true)
  })
})
