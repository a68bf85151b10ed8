/** Builds at work say so: what they use since they began is not collected. */
import { randomUUID } from 'node:crypto'
import { readlinkSync, statSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifPresent } from '../../media/file-errors.ts'
import { isAlive, thisProcess } from '../../media/owner-process.ts'

/** An image is a view of the store: who built it may still be delivering it this long after the build. */
const deliveryMs = 3_600_000
/** Of another container nothing can be asked: its builds count as alive this long. */
const strangerMs = 24 * 3_600_000

/** Some marks are whole milliseconds. */
const slackMs = 10

interface Held {
  readonly owner: string
  /** Where `owner` means something. */
  readonly space: string
  readonly sinceMs: number
}

/** Answers how to say that the build is over. */
export async function holdStore(workFolder: string): Promise<() => Promise<void>> {
  const folder = join(workFolder, 'builds')
  const file = join(folder, randomUUID())
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(file, '')
  const held: Held = { owner: thisProcess(), space: processSpace(), sinceMs: statSync(file).mtimeMs - slackMs }
  await writeFile(file, JSON.stringify(held))
  return async () => void (await ifPresent(writeFile(file, JSON.stringify({ ...held, over: true }), { flag: 'r+' })))
}

/** Since when builds are at work; undefined: none is. Forgets those that ended. */
export async function heldSince(workFolder: string, nowMs: number): Promise<number | undefined> {
  const folder = join(workFolder, 'builds')
  let since: number | undefined
  for (const name of (await ifPresent(readdir(folder))) ?? []) {
    const file = join(folder, name)
    const begun = await sinceOf(file, nowMs)
    if (begun === undefined) await rm(file, { force: true })
    else since = Math.min(since ?? begun, begun)
  }
  return since
}

async function sinceOf(file: string, nowMs: number): Promise<number | undefined> {
  const facts = await ifPresent(stat(file))
  const text = await ifPresent(readFile(file, 'utf8'))
  if (facts === undefined || text === undefined) return undefined
  const ageMs = nowMs - facts.mtimeMs
  const held = parsed(text)
  // Being written this moment, or cut short by the end of its process.
  if (held === undefined) return ageMs < 60_000 ? facts.mtimeMs : undefined
  if (held.space !== processSpace()) return ageMs < strangerMs ? held.sinceMs : undefined
  if (!isAlive(held.owner)) return undefined
  return held.over === true && ageMs > deliveryMs ? undefined : held.sinceMs
}

function parsed(text: string): (Held & { readonly over?: boolean }) | undefined {
  try {
    const value = JSON.parse(text) as Partial<Held> & { readonly over?: boolean }
    return typeof value.owner === 'string' && typeof value.space === 'string' && typeof value.sinceMs === 'number' ? (value as Held) : undefined
  } catch {
    return undefined
  }
}

function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return 'unknown'
  }
}
