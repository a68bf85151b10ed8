/** The file system's time, which is not always this machine's: that of a file made just now. */
import type { FileHandle } from 'node:fs/promises'

/** A build marks dozens of blobs at once; one file made for all of them does. */
const goodForMs = 100
/** The answer lies ahead, so that it is never older than the moment it is asked for, also when this process was busy for a while. */
const aheadMs = 1000

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
  return async () => {
    if (known === undefined) {
      known = measured()
      setTimeout(() => {
        known = undefined
      }, goodForMs).unref()
    }
    return new Date((await known) + aheadMs)
  }
}
