/** What a build takes from outside that is no image: files of the web and repositories of git. */
import type { Readable } from 'node:stream'
import type { GitSource } from '../dockerfile/git-source.ts'

interface Waiting {
  readonly signal: AbortSignal
}

/** What a server said about a file, for asking again whether it is still so. */
export interface Validators {
  readonly etag?: string
  readonly lastModified?: string
}

export interface RemoteFile extends Validators {
  readonly body: Readable
}

export interface GitAccess {
  /** Sent to the host of the address, never shown in an argument list. */
  readonly token?: string
  /** Socket of an ssh agent. */
  readonly agent?: string
}

/** A build context from outside, as a folder until it is closed. Undefined: the text is a path of this machine. */
export type OpenContext = (text: string, o: Waiting & GitAccess) => Promise<{ readonly folder: string; close(): Promise<void> } | undefined>

export interface Remote {
  /** `unchanged`: what `known` described is still there. Throws REMOTE_FAILED. The body is read to the end or destroyed. */
  fetch(url: string, o: Waiting & { readonly known?: Validators }): Promise<RemoteFile | 'unchanged'>
  /** Puts the files of the commit that is meant into `folder`, with submodules and `.git`. Throws REMOTE_FAILED. */
  checkout(source: GitSource, folder: string, o: Waiting & GitAccess): Promise<{ readonly commit: string; readonly seconds: number }>
}
