/** What the builder keeps between builds: compressed layers by digest, and small records by name. Port; adapters make it from a content store. */
import type { Readable } from 'node:stream'
import type { Digest } from '../../oci/digest.ts'
import type { Waiting } from '../tree/node.ts'

/** Safe for several builds at once. What was cut short is never seen: blobs and records appear whole or not at all. */
export interface BuildStore {
  putBlob(bytes: Readable, o: Waiting): Promise<{ readonly digest: Digest; readonly size: number }>
  hasBlob(digest: Digest): Promise<boolean>
  openBlob(digest: Digest, o: Waiting): Promise<Readable>
  /** Where a blob lies when it is there, to read in the middle of it. */
  blobFile(digest: Digest): string
  /** Names are lower-case letters, digits and dashes. */
  readRecord(name: string, o: Waiting): Promise<string | undefined>
  writeRecord(name: string, text: string, o: Waiting): Promise<void>
  /** The file system's time: that of a file made just now. */
  tick(): Promise<number>
  /** A new empty folder for this build's own use; the builder removes it. */
  scratch(): Promise<string>
  /** Absolute; for unpacked layers and for commands at work, on one file system. */
  readonly workFolder: string
}
