/** Writes a file whose blocks of zeros take no room: what was sparse is sparse again, though tars tell only of the zeros. */
import { open } from 'node:fs/promises'
import type { Waiting } from '../tree/node.ts'

/** The block of the usual file systems. */
const blockSize = 4096
const zeros: Buffer = Buffer.alloc(blockSize)

export async function writeWithHoles(file: string, content: AsyncIterable<Uint8Array>, o: Waiting): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  let at = 0
  try {
    for await (const chunk of content) {
      o.signal.throwIfAborted()
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      for (const [from, to] of filled(bytes, at)) await writeWhole(handle, bytes.subarray(from, to), at + from)
      at += bytes.length
    }
    await handle.truncate(at)
  } finally {
    await handle.close()
  }
}

/** The parts of a chunk that are not zeros all over a block, neighbours together: what nobody writes reads as zeros. `at`: where the chunk begins in the file. */
export function filled(bytes: Buffer, at: number): readonly (readonly [number, number])[] {
  const parts: [number, number][] = []
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + blockSize - ((at + from) % blockSize))
    const last = parts.at(-1)
    const empty = bytes.subarray(from, to).equals(zeros.subarray(0, to - from))
    if (!empty && last?.[1] === from) last[1] = to
    else if (!empty) parts.push([from, to])
    from = to
  }
  return parts
}

async function writeWhole(handle: Awaited<ReturnType<typeof open>>, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten
}
