/** A body on its way to or from a store, in a file of its own: its length and sums are known before it is sent, and pieces can be sent again. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { isProblem, problem } from '../../../base/problem.ts'

export interface Range {
  readonly from: number
  /** Not part of it. */
  readonly to: number
}

export interface Sums {
  /** Hexadecimal. */
  readonly sha256: string
  /** Base64. */
  readonly md5: string
}

export interface Spooled extends Sums {
  readonly bytes: number
  open(range: Range): Readable
  sums(range: Range): Promise<Sums>
  remove(): Promise<void>
}

export async function newSpoolFile(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return join(dir, `.${randomUUID()}.part`)
}

export async function spool(content: () => Readable, dir: string, o: { readonly signal: AbortSignal }): Promise<Spooled> {
  const path = await newSpoolFile(dir)
  try {
    const file = await open(path, 'wx', 0o600)
    const hashes = [createHash('sha256'), createHash('md5')] as const
    let bytes = 0
    try {
      for await (const chunk of content()) {
        o.signal.throwIfAborted()
        for (const hash of hashes) hash.update(chunk as Buffer)
        await file.appendFile(chunk as Buffer)
        bytes += (chunk as Buffer).length
      }
    } finally {
      await file.close()
    }
    const range = ({ from, to }: Range): Readable => createReadStream(path, { start: from, end: to - 1, highWaterMark: 256 * 1024 })
    return {
      bytes,
      sha256: hashes[0].digest('hex'),
      md5: hashes[1].digest('base64'),
      open: range,
      sums: (part) => sumsOf(range(part)),
      remove: () => rm(path, { force: true }),
    }
  } catch (error) {
    await rm(path, { force: true })
    throw spoolProblem(error, dir, o)
  }
}

async function sumsOf(stream: Readable): Promise<Sums> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')]
  for await (const chunk of stream) {
    sha256.update(chunk as Buffer)
    md5.update(chunk as Buffer)
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('base64') }
}

export function spoolProblem(error: unknown, folder: string, o: { readonly signal: AbortSignal }): unknown {
  if (o.signal.aborted || isProblem(error) || !(error instanceof Error) || !('syscall' in error)) return error
  return problem('STEP_CACHE_FOLDER_FAILED', { folder, action: 'written', reason: error.message }, { cause: error })
}
