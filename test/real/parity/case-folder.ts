/** A folder for one case, which both builders see: Dockerfile, context, secrets and the socket of an agent. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import type { Case } from './case.ts'
import { giveToNobody } from './give.ts'

export interface CaseFolder {
  readonly test: Case
  readonly folder: string
  /** Its own name for each case: BuildKit keeps what contexts of one name had in common, with the times that it had there. */
  readonly context: string
  readonly dockerignore: string | undefined
  close(): void
}

export async function caseFolder(test: Case, folder: string, writeContext: (folder: string) => Promise<void>): Promise<CaseFolder> {
  chmodSync(folder, 0o755)
  const context = join(folder, `context-${basename(folder)}`)
  mkdirSync(context, { recursive: true })
  writeFileSync(join(folder, 'Dockerfile'), test.dockerfile)
  await writeContext(context)
  for (const [id, text] of Object.entries(test.secrets ?? {})) writeFileSync(join(folder, `secret-${id}`), text, { mode: 0o600 })
  const agent = test.ssh ? createServer((socket) => socket.end()).listen(join(folder, 'agent')) : undefined
  if (test.ssh) giveToNobody(join(folder, 'agent'))
  const ignore = join(context, '.dockerignore')
  return { test, folder, context, dockerignore: existsSync(ignore) ? readFileSync(ignore, 'utf8') : undefined, close: () => void agent?.close() }
}
