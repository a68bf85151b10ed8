/** Files of a folder that are not as they were when both sides were the same, as a tar for the other side. */

import type { BigIntStats } from 'node:fs'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ifPresent } from '../../../media/file-errors.ts'
import type { TarEntry } from '../../../tar/entry.ts'
import { type TarItem, writeTar } from '../../../tar/write-tar.ts'

/** Path below the folder to what it was like. */
export type Stamps = Map<string, string>

export interface ChangedFiles {
  tar(o: { readonly signal: AbortSignal }): Readable
  /** The other side has them. */
  done(): void
}

interface Found {
  readonly path: string
  readonly facts: BigIntStats
}

export function stampOf({ mode, size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return [mode, size, mtimeNs, ctimeNs, ino].join(' ')
}

/** Undefined: nothing has changed. What is gone here is not known there. */
export async function changedFiles(folder: string, stamps: Stamps, owner: { readonly uid: number; readonly gid: number }): Promise<ChangedFiles | undefined> {
  const changed: Found[] = []
  for await (const found of walk(folder, '')) {
    const known = stamps.get(found.path)
    // A folder changes with what is in it, and that goes by itself.
    const same = found.facts.isDirectory() ? known !== undefined : known === stampOf(found.facts)
    if (!same) changed.push(found)
  }
  if (changed.length === 0) return undefined
  return {
    tar: (o) => writeTar(itemsOf(folder, changed, owner), o),
    done() {
      for (const { path, facts } of changed) stamps.set(path, stampOf(facts))
    },
  }
}

async function* walk(folder: string, path: string): AsyncGenerator<Found> {
  const facts = await ifPresent(lstat(join(folder, path), { bigint: true }))
  if (facts === undefined) return
  if (facts.isDirectory() || facts.isFile() || facts.isSymbolicLink()) yield { path, facts }
  if (!facts.isDirectory()) return
  for (const name of (await ifPresent(readdir(join(folder, path)))) ?? []) yield* walk(folder, path === '' ? name : `${path}/${name}`)
}

async function* itemsOf(folder: string, changed: readonly Found[], owner: { readonly uid: number; readonly gid: number }): AsyncGenerator<TarItem> {
  for (const { path, facts } of changed) {
    const full = join(folder, path)
    const name = path === '' ? 'harness' : `harness/${path}`
    const common = { path: name, mode: Number(facts.mode & 0o7777n), ...owner, mtimeNs: facts.mtimeNs }
    if (facts.isDirectory()) yield { entry: { ...common, kind: 'dir', mode: path === '' ? 0o777 : common.mode } satisfies TarEntry }
    else if (facts.isSymbolicLink()) yield { entry: { ...common, kind: 'symlink', target: await readlink(full) } satisfies TarEntry }
    else if (facts.size === 0n) yield { entry: { ...common, kind: 'file', size: 0 } satisfies TarEntry }
    else yield { entry: { ...common, kind: 'file', size: Number(facts.size) } satisfies TarEntry, body: async () => createReadStream(full) }
  }
}
