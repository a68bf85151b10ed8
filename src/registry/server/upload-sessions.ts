/** Uploads under way: each a session with an id, used by one request at a time, gone after a restart. */
import type { ContentStore } from '../../media/content-store.ts'
import type { Ingest } from '../../media/ingest.ts'

export interface UploadSession {
  readonly id: string
  readonly repository: string
  readonly ingest: Ingest
}

export interface UploadSessions {
  start(repository: string): Promise<UploadSession>
  find(repository: string, id: string): UploadSession | undefined
  /** The work's answer, or undefined when another request is at work on the session. */
  exclusively<T>(session: UploadSession, work: () => Promise<T>): Promise<T | undefined>
  end(session: UploadSession): void
  close(): Promise<void>
}

export function uploadSessions(store: ContentStore): UploadSessions {
  const sessions = new Map<string, UploadSession>()
  const busy = new Set<string>()
  return {
    start: async (repository) => {
      const ingest = await store.ingest()
      const session = { id: ingest.id, repository, ingest }
      sessions.set(session.id, session)
      return session
    },
    find: (repository, id) => {
      const session = sessions.get(id)
      return session?.repository === repository ? session : undefined
    },
    exclusively: async (session, work) => {
      if (busy.has(session.id)) return undefined
      busy.add(session.id)
      try {
        return await work()
      } finally {
        busy.delete(session.id)
      }
    },
    end: (session) => {
      sessions.delete(session.id)
    },
    close: async () => {
      await Promise.all([...sessions.values()].map((session) => session.ingest.abort()))
      sessions.clear()
    },
  }
}
