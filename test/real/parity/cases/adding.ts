/** ADD: archives in their forms, with RUN on what they hold. */
import { casesOn } from '../case.ts'
import type { ContextEntries } from '../context.ts'

const packed: ContextEntries = {
  'in/bin/tool': { text: 't', mode: 0o4755 },
  'in/bin/again': { hard: 'tool' },
  'in/etc/link': { link: '../bin/tool' },
  'in/etc/conf': 'conf',
  'in/empty/': '',
  'in/sticky/': { mode: 0o1777 },
  'p.tar': { tarOf: 'in', options: '' },
  'p.tgz': { tarOf: 'in', options: 'z' },
  'p.tar.bz2': { tarOf: 'in', options: 'j' },
  'p.tar.xz': { tarOf: 'in', options: 'J' },
  'name.dat': { tarOf: 'in', options: 'z' },
}

export const addCases = casesOn('busybox', [
  ['plain files and folders', 'ADD a.txt d /w/'],
  ['--chown and --chmod', 'ADD --chown=app:staff --chmod=600 a.txt /a'],
  ['--link', 'ADD --link d /d'],
  ['--exclude', 'ADD --exclude=s d /d'],
  ['a file that only looks like an archive', 'ADD x.tar.gz /x', { context: { 'x.tar.gz': 'no archive at all' } }],
  ['an archive, and a RUN on it', 'ADD p.tar /o/\nRUN rm /o/etc/conf && chmod 700 /o/bin && echo more >> /o/bin/again', { context: packed }],
  ['an archive with gzip', 'ADD p.tgz /o/', { context: packed }],
  ['an archive with bzip2', 'ADD p.tar.bz2 /o/', { context: packed }],
  ['an archive with xz', 'ADD p.tar.xz /o/', { context: packed }],
  ['an archive of another name', 'ADD name.dat /o/', { context: packed }],
  ['an archive to a name', 'ADD p.tar /o', { context: packed }],
  ['an archive to root', 'ADD p.tgz /', { context: packed }],
  ['an archive over what is there', 'ADD p.tgz /srv/data\nADD p.tgz /srv/data', { context: packed }],
  ['an archive over what a RUN made', 'RUN mkdir -m 700 -p /o/bin && echo old > /o/bin/tool && ln -s /srv /o/sticky\nADD p.tgz /o/', { context: packed }],
  ['an archive with owner', 'ADD --chown=app:staff p.tgz /o/', { context: packed }],
  ['an archive with mode', 'ADD --chmod=640 p.tgz /o/', { context: packed }],
  ['an archive with --link', 'ADD --link p.tgz /o/', { context: packed }],
  ['an archive kept as it is', 'ADD --unpack=false p.tgz /o/', { context: packed }],
  ['an archive asked to be unpacked', 'ADD --unpack=true p.tgz /o/', { context: packed }],
  ['COPY leaves archives alone', 'COPY p.tgz /o/', { context: packed }],
  ['archives by a pattern', 'ADD p.* /o/', { context: packed }],
  ['an empty archive name', 'ADD x.tar /x/', { context: { 'x.tar': '' } }],
])
