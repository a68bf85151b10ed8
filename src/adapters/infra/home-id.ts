/** The name of a data folder, for what it has elsewhere: in an engine, in a cluster. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Made once per data folder. */
export async function homeId(dir: string): Promise<string> {
  const file = join(dir, 'id')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await writeFile(file, randomUUID(), { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  return (await readFile(file, 'utf8')).trim()
}
