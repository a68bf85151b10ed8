/** The file system's time, which is not always this machine's: that of a file made just now. */
import type { FileHandle } from 'node:fs/promises'

/** A build marks dozens of blobs at once; one file made for all of them does. */
const goodForMs = 50

/** `scratch` makes an empty file. */
export function fileTime(scratch: () => Promise<FileHandle>): () => Promise<Date> {
  let known: Promise<number> | undefined
  const measured = async (): Promise<number> => {
    const fresh = await scratch()
    try {
      return (await fresh.stat()).mtimeMs
    } finally {
      await fresh.close()
    }
  }
  // Ahead by as long as it is good for: what is marked is never older than the moment in which it was asked for.
  return async () => {
    if (known === undefined) {
      known = measured()
      setTimeout(() => {
        known = undefined
      }, goodForMs).unref()
    }
    return new Date((await known) + goodForMs)
  }
}
