/** Reads what is left of an answer, so that its connection can be used again; gives up on long ones. */
import type { Readable } from 'node:stream'

const enough = 64 * 1024

export async function discard(body: Readable): Promise<void> {
  let size = 0
  try {
    for await (const chunk of body) {
      size += (chunk as Buffer).length
      if (size > enough) return
    }
  } catch {
    // Nobody wanted these bytes; a cut connection is noticed by the next request.
  } finally {
    body.destroy()
  }
}
