/** A tar stream into a file as an EROFS image, in one pass: written where it stays, read for headers and hashed as it goes by. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { headerSize } from '../../../erofs/format.ts'
import { planImage } from '../../../erofs/image.ts'
import { layerTree } from '../../../erofs/layer-tree.ts'
import { readTar } from '../../../tar/read-tar.ts'
import type { Waiting } from '../../tree/node.ts'
import { passingSource } from './passing-source.ts'

export interface WriteImageOptions extends Waiting {
  readonly name: string
  /** Told the digest of the tar before anything counts. */
  readonly check: (sha256: string) => void
}

/** The header comes last: without it the file is nothing. */
export async function writeImage(file: FileHandle, tar: AsyncIterable<Uint8Array>, o: WriteImageOptions): Promise<void> {
  const tree = layerTree()
  const hash = createHash('sha256')
  const out = appender(file, headerSize)
  const source = passingSource(tar, async (chunk) => {
    hash.update(chunk)
    await out.add(chunk)
  })
  for await (const read of readTar(source, o)) tree.add(read)
  const tarSize = await source.drain()
  await out.end()
  o.check(hash.digest('hex'))
  const plan = planImage(tree, { name: o.name, tarSize })
  for (const copy of plan.copies) await copyWithin(file, copy, o)
  await writeAll(file, plan.metadata, plan.metadataAt)
  await writeAll(file, plan.header, 0)
}

/** Written in large pieces, the next one gathered meanwhile. */
const pieceSize = 1024 * 1024

function appender(file: FileHandle, start: number): { add(chunk: Uint8Array): Promise<void>; end(): Promise<void> } {
  let position = start
  let waiting: Uint8Array[] = []
  let size = 0
  let running: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await running
    const [pieces, at] = [waiting, position]
    waiting = []
    position += size
    size = 0
    running = writePieces(file, pieces, at)
    // Reported by whoever waits for it next.
    running.catch(() => undefined)
  }
  return {
    async add(chunk) {
      waiting.push(chunk)
      size += chunk.length
      if (size >= pieceSize) await flush()
    },
    async end() {
      await flush()
      await running
    },
  }
}

async function writePieces(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  if (pieces.length === 0) return
  const whole = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const { bytesWritten } = await file.writev(pieces, position)
  if (bytesWritten < whole) await writeAll(file, Buffer.concat(pieces).subarray(bytesWritten), position + bytesWritten)
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}

async function copyWithin(file: FileHandle, copy: { readonly from: number; readonly to: number; readonly size: number }, o: Waiting): Promise<void> {
  const buffer = Buffer.alloc(Math.min(copy.size, pieceSize))
  for (let done = 0; done < copy.size; ) {
    o.signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, copy.size - done), copy.from + done)
    if (bytesRead === 0) return
    await writeAll(file, buffer.subarray(0, bytesRead), copy.to + done)
    done += bytesRead
  }
}
