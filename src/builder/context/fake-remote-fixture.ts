/** For tests: a web of a few addresses and repositories, and what was asked of it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { GitAccess, Remote } from '../../ports/remote.ts'

export interface FakeFile {
  readonly body: string | Uint8Array
  readonly etag?: string
  readonly lastModified?: string
}

export interface FakeWeb {
  readonly files?: Readonly<Record<string, FakeFile>>
  /** By address: the files of the commit that any name means. */
  readonly repositories?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface FakeRemote extends Remote {
  /** `GET url`, `304 url` or `git url ref`. */
  readonly asked: readonly string[]
  readonly access: readonly GitAccess[]
}

export const fakeCommit = 'c0ffee'.padEnd(40, '0')

export function fakeRemote({ files = {}, repositories = {} }: FakeWeb): FakeRemote {
  const asked: string[] = []
  const access: GitAccess[] = []
  return {
    asked,
    access,
    async fetch(url, { known }) {
      const file = files[url]
      if (file === undefined) throw new Error(`404 ${url}`)
      const same = known?.etag !== undefined && known.etag === file.etag
      asked.push(`${same ? '304' : 'GET'} ${url}`)
      if (same) return 'unchanged'
      const { body, ...facts } = file
      return { body: Readable.from([Buffer.from(body)], { objectMode: false }), ...facts }
    },
    async checkout(source, folder, { token, agent }) {
      asked.push(`git ${source.url} ${source.ref ?? ''}`.trim())
      access.push({ ...(token !== undefined && { token }), ...(agent !== undefined && { agent }) })
      for (const [name, text] of Object.entries({ ...repositories[source.url], '.git/HEAD': 'ref' })) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), text, { mode: name.endsWith('.sh') ? 0o775 : 0o664 })
      }
      return { commit: fakeCommit, seconds: 1_500_000_000 }
    },
  }
}
