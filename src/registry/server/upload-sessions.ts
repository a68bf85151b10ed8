/** Uploads under way: each a session with an id, used by one request at a time; it goes on after a restart of the registry. */
import type { ContentStore } from '../../media/content-store.ts'
import type { Upload } from '../../media/upload.ts'
import type { RepositoryFiles } from './repository-files.ts'

export interface UploadSession {
  readonly repository: string
  readonly upload: Upload
}

export interface UploadSessions {
  start(repository: string): Promise<UploadSession>
  find(repository: string, id: string): Promise<UploadSession | undefined>
  /** The work's answer, or undefined when another request is at work on the session. */
  exclusively<T>(session: UploadSession, work: () => Promise<T>): Promise<T | undefined>
  end(session: UploadSession): Promise<void>
}

/** What is in memory saves reading a file again; what decides is on disk: a mark in the repository, and the file of the upload. */
export function uploadSessions(store: ContentStore, files: RepositoryFiles): UploadSessions {
  const known = new Map<string, UploadSession>()
  const resuming = new Map<string, Promise<UploadSession | undefined>>()
  const busy = new Set<string>()
  const resume = async (repository: string, id: string): Promise<UploadSession | undefined> => {
    const upload = await store.resumeUpload(id)
    if (upload === undefined) {
      await files.unmarkUpload(repository, id)
      return undefined
    }
    const session = { repository, upload }
    known.set(id, session)
    return session
  }
  return {
    start: async (repository) => {
      const upload = await store.startUpload()
      await files.markUpload(repository, upload.id)
      const session = { repository, upload }
      known.set(upload.id, session)
      return session
    },
    find: async (repository, id) => {
      const session = known.get(id)
      if (session !== undefined && session.repository !== repository) return undefined
      if (session !== undefined && (busy.has(id) || (await session.upload.sizeOnDisk()) === session.upload.size())) return session
      known.delete(id)
      if (!(await files.hasUpload(repository, id))) return undefined
      const again = resuming.get(id) ?? resume(repository, id).finally(() => resuming.delete(id))
      resuming.set(id, again)
      return again
    },
    exclusively: async ({ upload: { id } }, work) => {
      if (busy.has(id)) return undefined
      busy.add(id)
      try {
        return await work()
      } finally {
        busy.delete(id)
      }
    },
    end: async ({ repository, upload }) => {
      known.delete(upload.id)
      await files.unmarkUpload(repository, upload.id)
    },
  }
}
