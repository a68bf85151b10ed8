/** A build store in a folder: blobs/sha256/HEX, records/NAME, tmp/. */
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { byteMeter } from '../../oci/byte-meter.ts'
import { type Digest, hexOf } from '../../oci/digest.ts'
import type { Waiting } from '../tree/node.ts'
import type { BuildStore } from './build-store.ts'

export function directoryStore(folder: string): BuildStore {
  const blobPath = (digest: Digest): string => join(folder, 'blobs', 'sha256', hexOf(digest))
  const recordPath = (name: string): string => join(folder, 'records', name)
  const temporary = async (): Promise<string> => {
    await mkdir(join(folder, 'tmp'), { recursive: true })
    return join(folder, 'tmp', randomUUID())
  }
  return {
    async putBlob(bytes, o) {
      const meter = byteMeter()
      await writeWhole(await temporary(), bytes, [meter.stream], o, () => blobPath(meter.digest()))
      return { digest: meter.digest(), size: meter.size() }
    },
    hasBlob: (digest) =>
      access(blobPath(digest)).then(
        () => true,
        () => false,
      ),
    openBlob: async (digest, o) => createReadStream(blobPath(digest), { signal: o.signal }),
    readRecord: (name, o) => readFile(recordPath(name), { encoding: 'utf8', signal: o.signal }).catch((error) => absent(error, o)),
    async writeRecord(name, text, o) {
      await writeWhole(await temporary(), Readable.from([Buffer.from(text)]), [], o, () => recordPath(name))
    },
    async scratch() {
      const path = await temporary()
      await mkdir(path)
      return path
    },
  }
}

/** Writes beside, flushes, then renames: a name always stands for whole bytes. On failure nothing is left. */
async function writeWhole(temporary: string, bytes: Readable, through: readonly NodeJS.ReadWriteStream[], o: Waiting, target: () => string): Promise<void> {
  try {
    await pipeline([bytes, ...through, createWriteStream(temporary, { mode: 0o600 })], { signal: o.signal })
    const handle = await open(temporary, 'r+')
    await handle.datasync().finally(() => handle.close())
    await mkdir(join(target(), '..'), { recursive: true })
    await rename(temporary, target())
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function absent(error: unknown, o: Waiting): undefined {
  o.signal.throwIfAborted()
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
