/** Any text can be parsed and evaluated: nothing throws, nothing stalls, places are inside the text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceFile } from '../text/source-file.ts'
import { evaluate, evaluateCondition, evaluateText } from './evaluate.ts'
import { placeProblem } from './expr-problem.ts'
import { references } from './references.ts'
import { absent, folder, later, type Scope, source, value } from './scope.ts'
import { parseCondition, parseTemplate } from './template.ts'

const scope: Scope = {
  root: folder({
    a: value('x'),
    b: folder({ c: value([1, 'two']), d: later('soon') }),
    n: value(3),
    z: absent(),
    self: source('<+self>'),
    wide: source('<+a><+a><+wide2>'),
    wide2: source('<+b.c>'),
  }),
}

const pieces = [
  '<+',
  '>',
  'a',
  'b',
  '.c',
  '.d',
  'n',
  'z',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '\\',
  '?',
  ':',
  '?:',
  '??',
  '&&',
  '||',
  '!',
  '==',
  '=~',
  '+',
  '-',
  '*',
  '/',
  ',',
  ' ',
  '0',
  '1.5',
  '.split(',
  '.get(',
  'empty',
  'size',
  'self',
  'wide',
  'null',
  'not ',
  '.replaceAll("a","',
  '\n',
  '=',
  ';',
  'new',
]
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((p) => p.join('')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 25 }).map((p) => `<+${p.join('')}>`),
)

describe('any text', () => {
  it('is parsed and evaluated without throwing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { template, problems } = parseTemplate(text)
        for (const p of problems) expect(p.start >= 0 && p.start <= text.length && p.end <= text.length + 1).toBe(true)
        references(template)
        for (const result of [
          evaluate(template, scope, { purpose: 'text' }),
          evaluate(parseCondition(text).template, scope, { purpose: 'condition' }),
          evaluateText(text, scope),
          evaluateCondition(text, scope),
        ]) {
          expect(['value', 'later', 'failed']).toContain(result.kind)
          if (result.kind === 'failed') expect(result.problems.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('is put together again from its parts', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { template, problems } = parseTemplate(text)
        const joined = template.parts.map((part) => (typeof part === 'string' ? part : text.slice(part.start, part.end))).join('')
        if (problems.length < 20) expect(joined).toBe(text)
      }),
    )
  })
})

describe('long texts', () => {
  it.each<[string, (n: number) => string]>([
    ['many expressions', (n) => '<+a> '.repeat(n)],
    ['deep delimiters', (n) => '<+'.repeat(n)],
    ['deep parentheses', (n) => `<+${'('.repeat(n)}`],
    ['open texts', (n) => '<+"'.repeat(n)],
    ['a long chain', (n) => `<+1${' + 1'.repeat(n)}>`],
    ['a long path', (n) => `<+a${'.a'.repeat(n)}>`],
    ['many comparisons', (n) => `<+1${' > 1'.repeat(n)}>`],
    ['many signs', (n) => `<+${'!'.repeat(n)}`],
    ['many blanks', (n) => `<+a${' '.repeat(n)}>`],
    ['one long text', (n) => `<+"${'x'.repeat(n)}".length()>`],
    ['many choices', (n) => `<+${'true ? 1 : '.repeat(n)}2>`],
  ])('%s take linear time and fit the stack', (_name, make) => {
    expect(['value', 'failed']).toContain(evaluateText(make(50_000), scope).kind)
  })

  it('has a budget: values that multiply each other end', () => {
    const members: Record<string, ReturnType<typeof value>> = { v9: value('x') }
    for (let i = 0; i < 9; i++) members[`v${i}`] = source(`<+v${i + 1}>`.repeat(60))
    const result = evaluateText('<+v0>', { root: folder(members) })
    expect(result.kind === 'failed' && result.problems[0]?.diagnostic.code).toMatch(/^EXPR_TOO_(MUCH_WORK|LARGE|DEEP)$/)
  })

  it('counts the work of patterns', () => {
    const heavy = evaluateText('<+text.replaceAll("((a|b)?){200}c", "")>', { root: folder({ text: value('ab'.repeat(100_000)) }) })
    expect(heavy.kind === 'failed' && heavy.problems[0]?.diagnostic.code).toBe('EXPR_TOO_MUCH_WORK')
  })
})

describe('references', () => {
  it.each<[string, string[]]>([
    ['<+pipeline.name> <+a.b["c d"].e[0]>', ['pipeline.name', 'a.b.c d.e.0']],
    ['<+<+a.b>.split(",")[0]>', ['a.b']],
    ['<+a.<+x.y>.z>', ['a.*.z', 'x.y']],
    ['<+a.get(b.c) + "<+d>">', ['a.get', 'b.c', 'd']],
    ['<+secrets.getValue("id")>', ['secrets.getValue']],
  ])('%s', (text, paths) => {
    expect(references(parseTemplate(text).template).map((r) => r.path)).toEqual(paths)
  })

  it('shows constant arguments of calls', () => {
    expect(references(parseTemplate('<+secrets.getValue("id")>').template)[0]?.call).toEqual(['id'])
  })
})

it('places problems through a function of the caller', () => {
  const file = sourceFile('p.yaml', 'x: <+nope>')
  const result = evaluateText('<+nope>', scope)
  if (result.kind !== 'failed' || result.problems[0] === undefined) throw new Error('must fail')
  expect(placeProblem(result.problems[0], (start, end) => file.span(3 + start, 3 + end)).at).toMatchObject({ line: 1, col: 6, endCol: 10 })
})
