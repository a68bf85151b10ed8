/** Word expansion: variables, operators, quotes, escapes, splitting. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandWord } from './words.ts'

const env = new Map(Object.entries({ A: 'apple', E: '', P: '/usr/local/lib', D: 'a.b.c', S: 'x y', STAR: 'a*b' }))

function expand(word: string, escapeChar = '\\'): string {
  const result = expandWord(word, { escape: escapeChar, lookup: (name) => env.get(name) })
  return result.ok ? result.text : `!${result.reason}`
}

describe('expandWord', () => {
  it.each([
    ['$A', 'apple'],
    ['${A}pie', 'applepie'],
    ['$Apie', ''],
    ['\\$A', '$A'],
    ["'$A'", '$A'],
    ['"$A"', 'apple'],
    ['"\\$A \\x"', '$A \\x'],
    ['${U:-d}', 'd'],
    ['${E:-d}', 'd'],
    ['${E-d}', ''],
    ['${U:-${A}}', 'apple'],
    ['${U:-"a b"}', 'a b'],
    ['${A:+d}', 'd'],
    ['${E:+d}', ''],
    ['${E+d}', 'd'],
    ['${U+d}', ''],
    ['${A:?needed}', 'apple'],
    ['${U:?needed}', '!U: needed'],
    ['${E?}', ''],
    ['${P#*/}', 'usr/local/lib'],
    ['${P##*/}', 'lib'],
    ['${P%/*}', '/usr/local'],
    ['${P%%/*}', ''],
    ['${D%.*}', 'a.b'],
    ['${D%%.*}', 'a'],
    ['${D#?.}', 'b.c'],
    ['${STAR#a\\*}', 'b'],
    ['${D/./-}', 'a-b.c'],
    ['${D//./-}', 'a-b-c'],
    ['${P//\\//_}', '_usr_local_lib'],
    ['${A/p*/x}', 'ax'],
    ['$', '$'],
    ['a$', 'a$'],
    ['$1x', 'x'],
    ['${', '!"}" is missing'],
    ['${}', '!this is no substitution'],
    ['${A', '!"}" is missing'],
    ['${A:-x', '!"}" is missing'],
    ['"a', '!a double quote is not closed'],
    ["it's", '!a single quote is not closed'],
    ['a\\', 'a'],
  ])('%s gives %s', (word, expected) => {
    expect(expand(word)).toBe(expected)
  })

  it('uses the escape character of the file', () => {
    expect(expand('`$A\\b', '`')).toBe('$A\\b')
  })

  it('splits after expansion, but never inside quotes', () => {
    const result = expandWord('$S "a b" c\\ d', { escape: '\\', lookup: (name) => env.get(name) })
    expect(result).toMatchObject({ ok: true, words: ['x', 'y', 'a b', 'c d'] })
  })

  it('names the variables it used and the ones without a value', () => {
    const result = expandWord('$A ${U:-x}', { escape: '\\', lookup: (name) => env.get(name) })
    expect(result.ok && [[...result.used], [...result.unset]]).toEqual([['A'], ['U']])
  })

  it('never throws and never hangs', () => {
    const piece = fc.constantFrom('${', '}', '$', 'A', 'U', ':', '-', '+', '?', '#', '%', '/', '*', '\\', '"', "'", ' ', '😀')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (parts) => void expand(parts.join(''))),
      { numRuns: 3000 },
    )
    expect(expand(`\${${'${A:-'.repeat(5000)}`)).toMatch(/^!/)
    env.set('LONG', 'a'.repeat(5000))
    expect(expand(`\${LONG//${'*a'.repeat(50)}b/x}`)).toHaveLength(5000)
  })
})
