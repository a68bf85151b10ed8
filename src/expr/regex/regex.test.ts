/** The pattern engine against JavaScript's own where both agree, and against the patterns that stall others. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newBudget } from '../evaluation.ts'
import { isStop } from '../parser-state.ts'
import { compilePattern } from './compile.ts'
import { isBadPattern } from './pattern.ts'
import { search } from './run.ts'
import { firstMatch, matchesWhole, replaceMatches, splitText } from './use.ts'

const use = () => ({ budget: newBudget(), at: { start: 0, end: 0 } })

describe('matches', () => {
  it.each<[string, string, boolean]>([
    ['a|ab', 'ab', true],
    ['(a|b)*c', 'ababc', true],
    ['a{2,3}', 'aaaa', false],
    ['a{2,}', 'aaaa', true],
    ['a{2}', 'aa', true],
    ['[a-c&&[^b]]+', 'ac', true],
    ['[a-c&&[^b]]+', 'ab', false],
    ['[^\\d\\s]+', 'ab!', true],
    ['\\p{Alpha}+\\P{Digit}', 'abx', true],
    ['(?i)HeLLo', 'hEllO', true],
    ['a(?i:b)c', 'aBc', true],
    ['a(?i:b)c', 'aBC', false],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\bfoo\\b.*', 'foo bar', true],
    ['v?\\d+(\\.\\d+){2}', 'v1.2.3', true],
    ['(feature|fix)/[\\w.-]+', 'fix/a-b.c', true],
    ['x*', '', true],
    ['(a*)*', 'aaa', true],
    ['()*', '', true],
    ['[]a]+', ']a', true],
    ['\\u0041\\x42', 'AB', true],
    ['a$', 'a', true],
  ])('%s on %j', (pattern, text, expected) => {
    expect(matchesWhole(pattern, text, use())).toBe(expected)
  })

  it.each(['(?=a)', '(?!a)', '(?<=a)', '(?>a)', '(a)\\1', 'a++', '(', ')', '[', 'a{3,2}', '*a', 'a**', '\\', '\\y', '(?<n', '\\p{Greek}', '[z-a]'])(
    '%s is refused',
    (pattern) => {
      expect(() => compilePattern(pattern, false)).toThrow(expect.objectContaining({ badPattern: expect.any(String) }))
    },
  )
})

describe('use', () => {
  it('replaces with groups, by number and by name', () => {
    expect(replaceMatches('(\\w)(\\d)', '$2$1', 'a1 b2', 'all', use())).toBe('1a 2b')
    expect(replaceMatches('(?<x>\\d)', '<${x}>', 'a1b2', 'first', use())).toBe('a<1>b2')
    expect(replaceMatches('x*', '-', 'abc', 'all', use())).toBe('-a-b-c-')
    expect(replaceMatches('a', '\\$\\\\', 'a', 'all', use())).toBe('$\\')
  })

  it('prefers as Java does: first alternative, greedy or lazy', () => {
    expect(firstMatch('a|ab', 'xab', use())).toBe('a')
    expect(firstMatch('<.+?>', '<a><b>', use())).toBe('<a>')
    expect(firstMatch('<.+>', '<a><b>', use())).toBe('<a><b>')
  })

  it('splits as Java does', () => {
    expect(splitText('', 'abc', 0, use())).toEqual(['a', 'b', 'c'])
    expect(splitText(',', ',a,,b,,', 0, use())).toEqual(['', 'a', '', 'b'])
    expect(splitText('\\s*,\\s*', 'a , b', 0, use())).toEqual(['a', 'b'])
  })

  it('agrees with JavaScript on what both can do', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', 'ab', '(a)', '(b|a)', '(?:ab)', 'c?', 'a*', 'b+', 'a*?', 'b{1,2}', '\\b')
    const pattern = fc.array(atom, { maxLength: 5 }).map((atoms) => atoms.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' '), maxLength: 12 })
    fc.assert(
      fc.property(pattern, pattern, text, (p, q, t) => {
        const source = `${p}|${q}`
        const ours = search({ program: compilePattern(source, false), text: t, from: 0, anchored: false, spend: () => {} })
        const theirs = new RegExp(source, 'd').exec(t)
        expect(ours?.slice(0, 2)).toEqual(theirs?.indices?.[0])
        expect(matchesWhole(source, t, use())).toBe(new RegExp(`^(?:${source})$`).test(t))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('work', () => {
  it.each(['(a+)+', '(a|a)*', '(a|aa)+', '([a-z]+)*x', '(.*)(.*)(.*)(.*)(.*)x', '(a*)*(a*)*b'])('%s stays linear in the text', (pattern) => {
    const program = compilePattern(pattern, true)
    const steps = (n: number) => {
      let count = 0
      search({ program, text: `${'a'.repeat(n)}!`, from: 0, anchored: true, spend: (k) => (count += k) })
      return count
    }
    expect(steps(2000)).toBeLessThan(steps(1000) * 2.1)
  })

  it('refuses patterns that grow without bound', () => {
    for (const pattern of ['((a{99}){99}){99}', '(((){9999}){9999}){9999}', '('.repeat(5000), '[['.repeat(1000)])
      expect(() => compilePattern(pattern, false)).toThrow()
  })

  it('never throws anything but a refusal', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab()[]{}*+?|^$\\.-,:<>=!&dQEp019i'), maxLength: 20 }),
        fc.string({ maxLength: 10 }),
        (pattern, text) => {
          try {
            splitText(pattern, text, 0, use())
          } catch (error) {
            expect(isStop(error) || isBadPattern(error)).toBe(true)
          }
        },
      ),
      { numRuns: 3000 },
    )
  })
})
