/** What the folder of a layer cannot tell Node by itself, kept beside it. */
import { readFileSync } from 'node:fs'
import type { Owner, Owners } from '../exec/keeper/owners.ts'

export type Attributes = ReadonlyMap<string, ReadonlyMap<string, Buffer>>

export interface AboutSnapshot {
  /** Directories that hide what lower layers have in them. */
  readonly opaque: readonly string[]
  /** Extended attributes by path. */
  readonly attributes: Attributes
  /** Of files that the file system could give to nobody. */
  readonly owners?: Owners
}

interface Stored {
  readonly boot: string
  readonly opaque: readonly string[]
  readonly attributes: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly owners?: Readonly<Record<string, Owner>>
}

/**
 * Folders are not fsynced: that would cost more than making them again. Within one run of the machine they are what was written; after
 * a restart nobody knows, so they do not count any more.
 */
export function encodeAbout({ opaque, attributes, owners }: AboutSnapshot): string {
  const plain = [...attributes].map(([path, values]) => [path, Object.fromEntries([...values].map(([name, value]) => [name, value.toString('base64')]))])
  const given = owners === undefined || owners.size === 0 ? {} : { owners: Object.fromEntries(owners) }
  return JSON.stringify({ boot: bootId(), opaque, attributes: Object.fromEntries(plain), ...given } satisfies Stored)
}

/** Undefined: not there, damaged, or of an earlier run of the machine. */
export function readAbout(file: string): AboutSnapshot | undefined {
  try {
    const { boot, opaque, attributes, owners } = JSON.parse(readFileSync(file, 'utf8')) as Stored
    if (boot !== bootId()) return undefined
    const decoded = (values: Readonly<Record<string, string>>) => new Map(Object.entries(values).map(([name, text]) => [name, Buffer.from(text, 'base64')]))
    return {
      opaque,
      attributes: new Map(Object.entries(attributes).map(([path, values]) => [path, decoded(values)])),
      ...(owners !== undefined && { owners: new Map(Object.entries(owners)) }),
    }
  } catch {
    return undefined
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
