/** Offsets in a value's text, found again in the file. */
import { expect, it } from 'vitest'
import { sourceFile } from '../text/source-file.ts'
import { entryOf } from './node.ts'
import { parseYaml } from './parse.ts'
import { scalarSpan } from './scalar-span.ts'

function found(text: string, word: string): string {
  const file = sourceFile('p.yaml', text)
  const node = entryOf(parseYaml(file).documents[0], 'a')?.value
  if (node?.kind !== 'scalar') throw new Error('not a scalar')
  const start = node.source.indexOf(word)
  const span = scalarSpan(node, start, start + word.length)
  return `${span.line}:${span.col} ${file.line(span.line).slice(span.col - 1, span.endLine === span.line ? span.endCol - 1 : undefined)}`
}

it.each([
  ['a: hello world', 'world', '1:10 world'],
  ['a: "hello world"', 'world', '1:11 world'],
  ['a: "he\\"llo world"', 'world', '1:13 world'],
  ['a: "tab\\tthen \\u0041 x"', 'x', '1:22 x'],
  ["a: 'it''s me'", 'me', '1:11 me'],
  ['a: |\n  one\n  two three\n', 'three', '3:7 three'],
  ['a: |2-\n    one\n  two three\n', 'two', '3:3 two'],
  ['a: |\n\n  one\n\n  two three\n', 'three', '5:7 three'],
  ['a: >-\n  one\n  two three\n', 'three', '3:7 three'],
  ['a: one\n  two three', 'three', '2:7 three'],
  ['a: "one\n  two \\\n  three"', 'three', '3:3 three'],
  ['a: |\r\n  one\r\n  two\r\n', 'two', '3:3 two'],
  ['b: 1\na: x<+pipeline.name>', '<+pipeline.name>', '2:5 <+pipeline.name>'],
])('%j finds %s', (text, word, expected) => {
  expect(found(text, word)).toBe(expected)
})

it('clamps offsets beyond the text', () => {
  const node = entryOf(parseYaml(sourceFile('p', 'a: xy')).documents[0], 'a')?.value
  if (node?.kind !== 'scalar') throw new Error('not a scalar')
  expect(scalarSpan(node, 99, 120)).toMatchObject({ line: 1, col: 6 })
  expect(scalarSpan(node, -5)).toMatchObject({ line: 1, col: 4, endCol: 4 })
})
