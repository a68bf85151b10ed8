/** Files that a run in a pod has written to absolute paths: to the same paths here, as if the run had been here. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Diagnostic, diagnose } from '../../base/diagnostic.ts'
import type { ClusterRunner } from '../../ports/cluster-runner.ts'

interface Waiting {
  readonly signal: AbortSignal
}

/** `shared`: folders that go with their stage, as the workspace does. */
export async function bringFiles(
  written: readonly string[],
  shared: readonly string[],
  runner: Pick<ClusterRunner, 'fetch'>,
  note: (note: Diagnostic) => void,
  w: Waiting,
): Promise<void> {
  const gone = ['/harness', ...shared]
  const paths = new Set(written.filter((path) => isAbsolute(path) && !gone.some((folder) => path === folder || path.startsWith(`${folder}/`))))
  for (const path of paths) {
    try {
      await bring(path, runner, w)
    } catch (error) {
      w.signal.throwIfAborted()
      note(diagnose('K8S_RUNNER_FILE_LOST', { path, reason: error instanceof Error ? error.message : String(error) }))
    }
  }
}

async function bring(path: string, runner: Pick<ClusterRunner, 'fetch'>, w: Waiting): Promise<void> {
  const body = await runner.fetch(path, w)
  if (body === undefined) throw new Error('it is not there any more')
  await mkdir(dirname(path), { recursive: true })
  const partial = `${path}.partial-${crypto.randomUUID().slice(0, 8)}`
  try {
    await pipeline(body, createWriteStream(partial), w)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}
