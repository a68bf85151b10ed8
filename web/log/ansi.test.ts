import { describe, expect, it } from 'vitest'
import { parseAnsi, plainText } from './ansi.ts'

const pieces = (line: string) => parseAnsi(line).pieces.map(({ text, look }) => [text, look])

describe('output of a terminal', () => {
  it('is text with looks', () => {
    expect(pieces('a \u001b[1;31mred\u001b[0m b')).toEqual([
      ['a ', {}],
      ['red', { bold: true, ink: 1 }],
      [' b', {}],
    ])
  })

  it.each([
    ['bright', '\u001b[92mx', { ink: 10 }],
    ['of the 256, the first 16', '\u001b[38;5;9mx', { ink: 9 }],
    ['of the cube', '\u001b[38;5;196mx', { ink: '#ff0000' }],
    ['of the greys', '\u001b[48;5;244mx', { paper: '#808080' }],
    ['in full', '\u001b[38;2;1;2;300mx', { ink: '#0102ff' }],
    ['with colons', '\u001b[38:2:1:2:3mx', { ink: '#010203' }],
    ['background', '\u001b[44mx', { paper: 4 }],
    ['taken back', '\u001b[31;44;1m\u001b[39;22mx', { paper: 4 }],
    ['inverse', '\u001b[7mx', { inverse: true }],
    ['unknown numbers', '\u001b[777mx', {}],
  ])('knows colours: %s', (_name, line, look) => {
    expect(pieces(line)).toEqual([['x', look]])
  })

  it.each([
    ['movement', 'a\u001b[2K\u001b[1Gb', 'ab'],
    ['a title', '\u001b]0;title\u0007text', 'text'],
    ['a link', '\u001b]8;;https://example.com\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a lone escape', 'a\u001b', 'a'],
    ['bells', 'a\u0007\u0000b', 'ab'],
    ['a line written again', '10%\r50%\r100%', '100%'],
    ['an end of line of Windows', 'text\r', 'text'],
    ['HTML', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('drops what does not show: %s', (_name, line, text) => {
    expect(plainText(line)).toBe(text)
  })

  it('carries colours to the next line', () => {
    const first = parseAnsi('\u001b[33mone')
    expect(parseAnsi('two', first.look).pieces).toEqual([{ text: 'two', look: { ink: 3 } }])
  })
})
