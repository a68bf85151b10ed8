import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDotenv } from './read-dotenv.ts'

describe('the files of outputs', () => {
  it.each([
    ['A=1\nB=two words', { A: '1', B: 'two words' }],
    ['export A=1\r\n  B = 2', { A: '1', B: '2' }],
    ['A=value#123 # kept', { A: 'value#123 # kept' }],
    ['A="one\ntwo \\"quoted\\" \\\\n"\nB=1', { A: 'one\ntwo "quoted" \\n', B: '1' }],
    ['A="a\\nb"', { A: 'a\nb' }],
    ["A='raw $x \\n'\nB=", { A: 'raw $x \\n', B: '' }],
    ['# a remark\n\nA=1\nA=2', { A: '2' }],
    ['A="never closed\nB=1', { A: '"never closed', B: '1' }],
    ['my-var=1\na.b=2', { 'my-var': '1', 'a.b': '2' }],
  ])('reads %j', (text, values) => {
    expect(Object.fromEntries(readDotenv(text).values)).toEqual(values)
    expect(readDotenv(text).ignored).toEqual([])
  })

  it('tells of lines that name nothing', () => {
    expect(readDotenv('A=1\nnonsense\n=2')).toEqual({ values: new Map([['A', '1']]), ignored: ['nonsense', '=2'] })
  })

  it('reads any text, and back what it is given quoted', () => {
    fc.assert(fc.property(fc.string(), (text) => void readDotenv(text)))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const quoted = value.replace(/[\\"]/g, '\\$&')
        expect(readDotenv(`A="${quoted}"\nB=1`).values).toEqual(
          new Map([
            ['A', value],
            ['B', '1'],
          ]),
        )
      }),
    )
  })
})
