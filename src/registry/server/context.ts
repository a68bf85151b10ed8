/** What every handler of the embedded registry is given. */
import type { IncomingMessage } from 'node:http'
import type { ContentStore } from '../../media/content-store.ts'
import type { Reply } from './reply.ts'
import type { RepositoryFiles } from './repository-files.ts'
import type { Turns } from './turns.ts'
import type { UploadSessions } from './upload-sessions.ts'

export interface Registry {
  readonly store: ContentStore
  readonly files: RepositoryFiles
  readonly uploads: UploadSessions
  /** Changes of one repository's manifests and tags come one after the other. */
  readonly turns: Turns
}

export interface Call {
  readonly registry: Registry
  readonly method: string
  readonly query: URLSearchParams
  header(name: string): string | undefined
  readonly request: IncomingMessage
  /** Aborts when the registry closes. */
  readonly signal: AbortSignal
}

export type Handler = (call: Call, repository: string, rest: string) => Promise<Reply>
