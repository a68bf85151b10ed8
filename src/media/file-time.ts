/** The file system's time, which is not always this machine's: by how much they differ is measured once. */
import type { FileHandle } from 'node:fs/promises'

/** `scratch` makes an empty file. */
export function fileTime(scratch: () => Promise<FileHandle>): () => Promise<Date> {
  let ahead: Promise<number> | undefined
  const measured = async (): Promise<number> => {
    const fresh = await scratch()
    try {
      return (await fresh.stat()).mtimeMs - Date.now()
    } finally {
      await fresh.close()
    }
  }
  return async () => {
    ahead ??= measured()
    try {
      return new Date(Date.now() + (await ahead))
    } catch (error) {
      ahead = undefined
      throw error
    }
  }
}
