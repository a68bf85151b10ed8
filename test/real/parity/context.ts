/** Writes the context of a case: files with modes, times, links and attributes, the same on every machine. */
import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, readdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { namespaceSandbox } from '../../../src/builder/exec/namespaces.ts'
import type { FinishingWork } from '../../../src/builder/exec/sandbox.ts'
import { giveToNobody } from './give.ts'

/** A text is a file; a path that ends with "/" is a folder. */
export type ContextEntry =
  | string
  | { readonly text?: string; readonly bytes?: number; readonly mode?: number; readonly time?: number; readonly attributes?: Readonly<Record<string, string>> }
  | { readonly link: string }
  | { readonly hard: string }
  | { readonly fifo: true }
  /** What is in a folder of the context, by GNU tar; the letters are its options for compressing. */
  | { readonly tarOf: string; readonly options: '' | 'z' | 'j' | 'J' }

export type ContextEntries = Readonly<Record<string, ContextEntry>>

/** Of cases that say nothing else. */
export const usualContext: ContextEntries = {
  'a.txt': 'A',
  'b.txt': 'B',
  'd/x': 'X',
  'd/s/y': 'Y',
  'exe.sh': { text: '#!/bin/sh\necho run\n', mode: 0o755 },
}

const fileTime = 1_600_000_000.5
const folderTime = 1_500_000_000.5

export async function writeEntries(folder: string, entries: ContextEntries): Promise<void> {
  for (const [path, entry] of Object.entries(entries)) writeOne(join(folder, path), entry)
  giveToNobody(folder)
  await finish(folder, entries)
  for (const [path, entry] of Object.entries(entries)) {
    if (typeof entry === 'string' ? !path.endsWith('/') : 'text' in entry || 'bytes' in entry || 'mode' in entry || 'time' in entry) {
      const time = (typeof entry === 'object' && 'time' in entry && entry.time) || fileTime
      utimesSync(join(folder, path), time, time)
    }
  }
  settle(folder)
  for (const [path, entry] of Object.entries(entries)) {
    if (typeof entry === 'string' || !('tarOf' in entry)) continue
    const what = ['-C', join(folder, entry.tarOf), '--owner=:7', '--group=:8', '--sort=name', `-c${entry.options}f`, join(folder, path), '.']
    execFileSync('tar', what)
    utimesSync(join(folder, path), fileTime, fileTime)
  }
}

function writeOne(path: string, entry: ContextEntry): void {
  mkdirSync(path.endsWith('/') ? path : dirname(path), { recursive: true })
  if (typeof entry === 'string') {
    if (!path.endsWith('/')) writeFileSync(path, entry, { mode: 0o644 })
  } else if ('link' in entry) symlinkSync(entry.link, path)
  else if ('hard' in entry) linkSync(join(dirname(path), entry.hard), path)
  else if ('fifo' in entry || 'tarOf' in entry) return
  else {
    if (!path.endsWith('/')) writeFileSync(path, entry.text ?? '')
    if (entry.bytes !== undefined) truncateSync(path, entry.bytes)
    chmodSync(path, entry.mode ?? (path.endsWith('/') ? 0o755 : 0o644))
  }
}

/** What Node has no call for. */
async function finish(folder: string, entries: ContextEntries): Promise<void> {
  const work = Object.entries(entries).flatMap(([path, entry]): readonly FinishingWork[] => {
    if (typeof entry === 'string') return []
    if ('fifo' in entry) return [{ kind: 'device', path, type: 'fifo', mode: 0o644, major: 0, minor: 0 }]
    const given = 'attributes' in entry ? (entry.attributes ?? {}) : {}
    return Object.entries(given).map(([name, text]) => ({ kind: 'attribute', path, name, value: Buffer.from(text, 'latin1') }))
  })
  if (work.length > 0) await namespaceSandbox().finish(folder, work, { scratch: dirname(folder), signal: new AbortController().signal })
}

/** Folders get their time last, from the deepest up: writing in them would change it. */
function settle(folder: string): void {
  for (const one of readdirSync(folder, { withFileTypes: true })) if (one.isDirectory()) settle(join(folder, one.name))
  utimesSync(folder, folderTime, folderTime)
}
