/** Run-time inputs: modifiers, lists with commas and quotes, and the rules about defaults. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAnswer, type InputSpec, isInput, parseInput } from './input.ts'

const codes = (text: string) => parseInput(text)?.problems.map((p) => p.diagnostic.code)

describe('inputs', () => {
  it.each<[string, Partial<InputSpec>]>([
    ['<+input>', {}],
    ['<+input>.default(bengaluru)', { default: 'bengaluru' }],
    ['<+input>.default(new york).executionInput()', { default: 'new york', executionInput: true }],
    ["<+input>.default(\\'london,uk\\')", { default: 'london,uk' }],
    ['<+input>.default("*")', { default: '*' }],
    ['<+input>.default()', { default: '' }],
    ['<+input>.allowedValues(a, b ,c)', { allowed: ['a', 'b', 'c'] }],
    ["<+input>.allowedValues(\\'bengaluru,india\\',\\'newyork,usa\\')", { allowed: ['bengaluru,india', 'newyork,usa'] }],
    ['<+input>.default(london).allowedValues(bengaluru,london)', { default: 'london', allowed: ['bengaluru', 'london'] }],
    ['<+input>.allowedValues(<+variable.a>, <+variable.b.split(",")[0]>)', { allowed: ['<+variable.a>', '<+variable.b.split(",")[0]>'] }],
    ['<+input>.allowedValues({"x":"y"})', { allowed: ['{"x":"y"}'] }],
    ['<+input>.selectOneFrom(a,b)', { selectOne: ['a', 'b'] }],
    ['<+input>.default(a,b).selectManyFrom(a,b,c)', { default: 'a,b', selectMany: ['a', 'b', 'c'] }],
    ['<+input>.regex(^v\\d+(\\.\\d+)*[)]?$)', { regex: '^v\\d+(\\.\\d+)*[)]?$' }],
    [`<+input>.default('{"risk": 100,"x": "(y"}')`, { default: '{"risk": 100,"x": "(y"}' }],
    ["<+input>.default(it's fine)", { default: "it's fine" }],
    [' <+input> .default( x )\n.executionInput()', { default: 'x', executionInput: true }],
  ])('%s', (text, expected) => {
    expect(parseInput(text)).toEqual({ input: { executionInput: false, ...expected }, problems: [] })
  })

  it('are only what starts with <+input>', () => {
    for (const text of ['', 'x', '<+inputs>', 'a<+input>', '<+pipeline.name>']) expect([isInput(text), parseInput(text)]).toEqual([false, undefined])
  })

  it.each([
    ['<+input>.default(x).allowedValues(a,b)', ['EXPR_INPUT_DEFAULT']],
    ['<+input>.default(a,z).selectManyFrom(a,b)', ['EXPR_INPUT_DEFAULT']],
    ['<+input>.default(<+x>).allowedValues(a,b)', []],
    ['<+input>.default(*x)', ['EXPR_INPUT_STAR']],
    ['<+input>.defualt(x)', ['EXPR_INPUT']],
    ['<+input>.default(x', ['EXPR_INPUT']],
    ['<+input> and more', ['EXPR_INPUT']],
    ['<+input>.regex((a)', ['EXPR_INPUT']],
    ['<+input>.regex((?=a))', ['EXPR_REGEX']],
  ])('%s: %j', (text, expected) => {
    expect(codes(text)).toEqual(expected)
  })

  it('suggest the right modifier', () => {
    expect(parseInput('<+input>.defualt(x)')?.problems[0]?.diagnostic.hint).toBe('did you mean "default"?')
  })
})

describe('answers', () => {
  it.each<[string, string, string | undefined]>([
    ['<+input>', 'anything', undefined],
    ['<+input>.allowedValues(a,b)', 'a', undefined],
    ['<+input>.allowedValues(a,b)', 'c', 'EXPR_INPUT_VALUE'],
    ['<+input>.allowedValues(a,b)', '<+x>', undefined],
    ['<+input>.selectManyFrom(a,b,c)', 'a,c', undefined],
    ['<+input>.selectManyFrom(a,b,c)', 'a,d', 'EXPR_INPUT_VALUE'],
    ['<+input>.regex(v\\d+)', 'v12', undefined],
    ['<+input>.regex(v\\d+)', 'xv12', 'EXPR_INPUT_VALUE'],
  ])('%s takes %s: %s', (text, answer, code) => {
    const parsed = parseInput(text)
    if (parsed === undefined) throw new Error('not an input')
    expect(checkAnswer(parsed.input, answer)?.diagnostic.code).toBe(code)
  })
})

it('any text after <+input> is read without throwing', () => {
  const piece = fc.constantFrom('.default(', '.allowedValues(', '.regex(', ')', '(', ',', '"', "'", "\\'", 'a', '<+', '>', '[', '{', '*', ' ')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (p) => {
      expect(parseInput(`<+input>${p.join('')}`)).toBeDefined()
    }),
    { numRuns: 2000 },
  )
})
