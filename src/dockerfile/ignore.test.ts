/** .dockerignore by moby's rules, and the wildcards of COPY. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sourceFile } from '../text/source-file.ts'
import { matchIgnore, mayKeepBelow, parseIgnoreFile } from './ignore.ts'
import { hasWildcards, matchName } from './name-pattern.ts'

const parse = (text: string) => parseIgnoreFile(sourceFile('.dockerignore', text), () => undefined)
const ignored = (text: string, path: string): boolean => matchIgnore(parse(text), path).ignored

describe('.dockerignore', () => {
  it.each<[string, string, boolean]>([
    ['a', 'a', true],
    ['a', 'b/a', false],
    ['a', 'a/b/c', true],
    ['/a', 'a', true],
    ['a/', 'a', true],
    ['./a/../b', 'b', true],
    ['*.md', 'x.md', true],
    ['*.md', 'd/x.md', false],
    ['*/*.md', 'd/x.md', true],
    ['**/*.md', 'x.md', true],
    ['**/*.md', 'a/b/x.md', true],
    ['**', 'a/b', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', false],
    ['a/**/c', 'a/c', true],
    ['a/**/c', 'a/b/b/c', true],
    ['**/a/**', 'x/a/y', true],
    ['**foo', 'x/barfoo', true],
    ['**/foo', 'barfoo', false],
    ['?', 'a', true],
    ['?', 'ab', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['a.b', 'axb', false],
    ['a+(b)|c$', 'a+(b)|c$', true],
    ['# x', '# x', false],
    ['  a  ', 'a', true],
    ['*\n!a', 'a', false],
    ['*\n!a', 'b', true],
    ['!a\n*', 'a', true],
    ['d\n!d/keep', 'd/keep', false],
    ['d\n!d/keep', 'd/other', true],
    ['**/*.log\n!x/*.log\nx/no.log', 'x/no.log', true],
    ['**/*.log\n!x/*.log\nx/no.log', 'x/yes.log', false],
    ['! a', 'a', false],
    ['..', '..', true],
  ])('%j on %s: %s', (text, path, expected) => {
    expect(ignored(text, path)).toBe(expected)
  })

  it('answers the same with and without what the folder above matched', () => {
    const rules = parse('d\n!d/keep\n**/*.log\nd/keep/no\n')
    for (const path of ['d', 'd/keep', 'd/keep/no', 'd/keep/a.log', 'd/x', 'e/f.log']) {
      let parent: readonly boolean[] = []
      let answer = matchIgnore(rules, '')
      for (const [i] of path.split('/').entries()) {
        answer = matchIgnore(
          rules,
          path
            .split('/')
            .slice(0, i + 1)
            .join('/'),
          parent,
        )
        parent = answer.matched
      }
      expect([path, answer.ignored]).toEqual([path, matchIgnore(rules, path).ignored])
    }
  })

  it('looks into an ignored folder only where something could be kept', () => {
    expect(mayKeepBelow(parse('*\n!src/a'), 'src')).toBe(true)
    expect(mayKeepBelow(parse('*\n!src/a'), 'lib')).toBe(false)
    expect(mayKeepBelow(parse('*\n!**/a'), 'lib')).toBe(true)
  })

  it.each(['[a', 'a\\', '!', '[]a]'])('refuses %s', (pattern) => {
    const codes: string[] = []
    parseIgnoreFile(sourceFile('.dockerignore', `ok\n${pattern}\n`), (d) => codes.push(`${d.code} ${d.at?.line}`))
    expect(codes).toEqual(['DOCKERIGNORE_PATTERN_INVALID 2'])
  })

  it('never throws', () => {
    const piece = fc.constantFrom('*', '**', '/', '!', '[', ']', '^', '-', '\\', 'a', '.', '\n', '?', '(', '$')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(piece, { maxLength: 8 }), (text, path) => void ignored(text.join(''), path.join(''))),
      { numRuns: 2000 },
    )
  })
})

describe('matchName', () => {
  it.each<[string, string, boolean]>([
    ['*', 'abc', true],
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a.txtx', false],
    ['a*b*c', 'aXbYc', true],
    ['a?c', 'abc', true],
    ['[a-c]', 'b', true],
    ['[^a-c]', 'b', false],
    ['[\\]]', ']', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['', '', true],
    ['a', '', false],
    ['*', '', true],
  ])('%s on %s: %s', (pattern, name, expected) => {
    expect(matchName(pattern, name)).toBe(expected)
  })

  it('is quick where backtracking would not be', () => {
    expect(matchName(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false)
  })

  it('sees wildcards that are not escaped', () => {
    expect([hasWildcards('a*'), hasWildcards('a\\*'), hasWildcards('[a]'), hasWildcards('a')]).toEqual([true, false, true, false])
  })
})
