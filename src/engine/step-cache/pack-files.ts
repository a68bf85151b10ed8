/** Entries to the bytes of an archive, packed as the step asks. */
import type { Readable } from 'node:stream'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { join } from '../../oci/join.ts'
import type { ArchiveFormat } from '../../steps/cache-work.ts'
import { type TarItems, writeTar } from '../../tar/write-tar.ts'

export function packFiles(items: TarItems, format: ArchiveFormat, o: { readonly signal: AbortSignal }): Readable {
  const tar = writeTar(items, o)
  if (format === 'Tar') return tar
  // What is saved is often read once: speed goes before size. The checksum finds what a disk or a store has damaged.
  const packer = format === 'Gzip' ? createGzip({ level: 4, chunkSize: 256 * 1024 }) : createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  return join(tar, [packer], o)
}
