/** How the folder of a cache mount is called, and the file beside it that says whose it is. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../../media/atomic-file.ts'
import { ifPresent } from '../../media/file-errors.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import type { MountFacts } from '../../ports/cache-mounts.ts'

/** Facts, and which layer its files were when they last travelled: the next one will be much like it. */
export interface KeptFacts extends MountFacts {
  readonly packed?: Digest
}

/** `form`: what is in it belongs to somebody else where users have other numbers. */
export function mountName({ id, from, copy = 0 }: MountFacts, form: string): string {
  const hash = createHash('sha256')
    .update(from === undefined ? id : `${id} from ${from}`)
    .digest('hex')
    .slice(0, 32)
  const own = form === '' ? hash : `${hash}-${form}`
  return copy === 0 ? own : `${own}-${copy}`
}

export function mountsFolder(workFolder: string): string {
  return join(workFolder, 'caches')
}

const ending = '.json'

/** Beside the folders of mounts lie locks, signs of use, and what is known of each. */
export function isMountFolder(name: string): boolean {
  return /^[0-9a-f]{32}(?:-[0-9a-f]{12})?(?:-\d{1,6})?$/.test(name)
}

export function factsFile(folder: string): string {
  return `${folder}${ending}`
}

export function readFacts(folder: string): KeptFacts | undefined {
  try {
    return parsed(JSON.parse(readFileSync(factsFile(folder), 'utf8')))
  } catch {
    // Made by an earlier version, or cut short: the next build that uses it says it again.
    return undefined
  }
}

export async function writeFacts(folder: string, { id, from, copy, packed }: KeptFacts): Promise<void> {
  await writeFileAtomically(factsFile(folder), JSON.stringify({ id, from, copy, packed }), { durability: 'fast' })
}

function parsed(value: unknown): KeptFacts | undefined {
  const facts = mountFacts(value)
  const { packed } = value as { readonly packed?: unknown }
  return facts === undefined ? undefined : { ...facts, ...(typeof packed === 'string' && isDigest(packed) && { packed }) }
}

/** As other machines write it too: checked. */
export function mountFacts(value: unknown): MountFacts | undefined {
  const { id, from, copy } = (value ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || id === '' || id.length > 4096) return undefined
  if (from !== undefined && (typeof from !== 'string' || from.length > 4096)) return undefined
  if (copy !== undefined && !(Number.isSafeInteger(copy) && Number(copy) >= 0 && Number(copy) < 1000)) return undefined
  return { id, ...(typeof from === 'string' && { from }), ...(typeof copy === 'number' && copy > 0 && { copy }) }
}

export interface KeptMount {
  readonly name: string
  readonly folder: string
  readonly facts: KeptFacts
}

/** Those of one form, in the order of their ids. */
export async function keptMounts(workFolder: string, form: string): Promise<readonly KeptMount[]> {
  const root = mountsFolder(workFolder)
  const found: KeptMount[] = []
  for (const name of (await ifPresent(readdir(root))) ?? []) {
    const folder = join(root, name)
    const facts = isMountFolder(name) ? readFacts(folder) : undefined
    if (facts !== undefined && mountName(facts, form) === name) found.push({ name, folder, facts })
  }
  return found.toSorted((a, b) => (keyOf(a.facts) < keyOf(b.facts) ? -1 : 1))
}

/** Equal for the same cache, on every machine. */
export function keyOf({ id, from = '', copy = 0 }: MountFacts): string {
  return JSON.stringify([id, from, copy])
}
