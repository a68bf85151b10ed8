/** Text of strangers is harmless on a terminal, and takes the columns that are said. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clip, columnsOf, padded, printable } from './terminal-text.ts'

const esc = '\u001b'

describe('printable text', () => {
  it.each([
    ['moves of the cursor', `a${esc}[2J${esc}[10Ab${esc}[?1049hc${esc}7d`, 'abcd'],
    ['titles and clipboards', `${esc}]0;owned\u0007a${esc}]52;c;aGk=${esc}\\b`, 'ab'],
    ['a title without end', `a${esc}]0;owned`, 'a'],
    ['sequences of one character', 'a\u009b2Jb\u009d0;x\u0007c', 'abc'],
    ['half a sequence', `a${esc}[12`, 'a'],
    ['a lone escape', `a${esc}`, 'a'],
    ['bells, backspaces and nulls', 'a\u0007\b\u0000b', 'ab'],
    ['marks of direction', 'a\u202eb\u2066c', 'abc'],
    ['tabs', 'a\tb', 'a    b'],
    ['progress written over itself', '10%\r50%\r100%', '100%'],
    ['a carriage return at the end', 'done\r', 'done'],
  ])('loses or flattens %s', (_what, text, shown) => {
    expect(printable(text, { colours: true })).toBe(shown)
  })

  it('keeps colours where they are wanted, and ends them', () => {
    const text = `${esc}[1;31mred${esc}[2K still`
    expect(printable(text, { colours: true })).toBe(`${esc}[1;31mred still${esc}[0m`)
    expect(printable(text, { colours: false })).toBe('red still')
    expect(printable(`${esc}[32mgreen${esc}[0m`, { colours: true })).toBe(`${esc}[32mgreen${esc}[0m`)
  })

  it('never holds a control character but those of colours, whatever comes in', () => {
    const nasty = fc.string({ unit: fc.constantFrom(esc, '[', ']', 'P', '\\', '0', ';', 'm', 'J', 'A', '?', '\u0007', '\r', '\u009b', 'x', ' ', '\n', '日') })
    fc.assert(
      fc.property(nasty, (text) => {
        expect(printable(text, { colours: false })).not.toMatch(/\p{Cc}/u)
        expect(printable(text, { colours: true }).replaceAll(new RegExp(`${esc}\\[[0-9;:]*m`, 'g'), '')).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})

describe('cutting to columns', () => {
  it('counts wide characters twice, colours and joiners not at all', () => {
    expect(columnsOf('日本')).toBe(4)
    expect(columnsOf(`${esc}[31mab${esc}[0m`)).toBe(2)
    expect(clip('日本語です', 7)).toBe('日本語…')
    expect(clip('日本語です', 6)).toBe('日本…')
    expect(clip(`${esc}[31mabcdef${esc}[0m`, 4)).toBe(`${esc}[31mabc…${esc}[0m`)
    expect(clip('abc', 3)).toBe('abc')
    expect(clip('abcd', 3)).toBe('ab…')
    expect(padded('日', 4)).toBe('日  ')
  })

  it('never takes more columns than there are', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '日', 'é', 'e\u0301', '👩‍👩‍👧', ' ', `${esc}[31m`, `${esc}[0m`) })
    fc.assert(fc.property(text, fc.integer({ min: 0, max: 12 }), (given, columns) => columnsOf(clip(given, columns)) <= columns))
  })
})
