/** Which addresses are git's, and what of a repository they mean. */
import { expect, it } from 'vitest'
import { parseGitSource, shownAddress } from './git-source.ts'

const cases: readonly (readonly [string, unknown])[] = [
  ['https://github.com/a/b.git', { url: 'https://github.com/a/b.git' }],
  ['https://github.com/a/b.git#v1', { url: 'https://github.com/a/b.git', ref: 'v1' }],
  ['https://github.com/a/b.git#v1:docs/x', { url: 'https://github.com/a/b.git', ref: 'v1', folder: 'docs/x' }],
  ['https://github.com/a/b.git#:docs', { url: 'https://github.com/a/b.git', folder: 'docs' }],
  ['https://h/a.git?branch=dev&subdir=s', { url: 'https://h/a.git', ref: 'dev', folder: 's' }],
  ['git@github.com:a/b#main', { url: 'git@github.com:a/b', ref: 'main' }],
  ['ssh://git@h:22/a', { url: 'ssh://git@h:22/a' }],
  ['git://h/a', { url: 'git://h/a' }],
  ['github.com/a/b', { url: 'https://github.com/a/b' }],
  ['https://h/file.tar.gz', undefined],
  ['https://github.com/a/b', undefined],
  ['some/folder', undefined],
  ['a:b', undefined],
]

it.each(cases)('reads %s', (text, expected) => expect(parseGitSource(text)).toEqual(expected))

it('shows addresses without user and password', () => {
  expect(shownAddress('https://u:p@h/a.git#x')).toBe('https://h/a.git#x')
  expect(shownAddress('git@h:a')).toBe('git@h:a')
})
