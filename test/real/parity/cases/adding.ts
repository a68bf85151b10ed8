/** ADD: archives in their forms, with RUN on what they hold. Archives are made by a RUN of the busybox base, and by the context. */
import { casesOn } from '../case.ts'

export const addCases = casesOn('busybox', [
  ['plain files and folders', 'ADD a.txt d /w/'],
  ['--chown and --chmod', 'ADD --chown=app:staff --chmod=600 a.txt /a'],
  ['--link', 'ADD --link d /d'],
  ['--exclude', 'ADD --exclude=s d /d'],
  ['a file that only looks like an archive', 'ADD x.tar.gz /x', { context: { 'x.tar.gz': 'no archive at all' } }],
  ['an empty archive name', 'ADD x.tar /x/', { context: { 'x.tar': '' } }],
])
