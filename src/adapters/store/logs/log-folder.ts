/** The output of all runs: a folder per run. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brandAs } from '../../../base/brand.ts'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import type { OutputMark } from '../../../ports/history.ts'
import { type LogReader, logReader } from './log-reader.ts'
import { type LogWriter, logWriter } from './log-writer.ts'
import { readOldLog } from './old-log.ts'

export interface LogFolder {
  /** Says in the folder itself which run it belongs to: for people, and for a database that has to be made anew. */
  begin(run: RunId, about: RunAbout): Promise<void>
  append(recorded: readonly Recorded[]): Promise<void>
  /** How much there is now, in a unit of its own. */
  extent(run: RunId): Promise<number>
  read(run: RunId, o: { readonly after: number; readonly until?: number; readonly step?: string; readonly extent: number }): AsyncIterable<Recorded>
  mark(run: RunId, mark: OutputMark): Promise<number>
  lastAt(run: RunId): Promise<number | undefined>
  remove(run: RunId): Promise<void>
  runs(): Promise<readonly RunId[]>
  bytes(run: RunId): Promise<number>
  close(): Promise<void>
}

export interface RunAbout {
  readonly pipeline: string
  readonly pipelineName: string
  readonly sequenceId: number
}

export const aboutFile = 'run.json'

export function logFolder(dir: string): LogFolder {
  const writers = new Map<RunId, Promise<LogWriter>>()
  const old = (run: RunId): string => join(dir, `${run}.log`)
  const writerOf = (run: RunId): Promise<LogWriter> => {
    const writer = writers.get(run) ?? logWriter(join(dir, run))
    writers.set(run, writer)
    // One that could not be made is tried again.
    writer.catch(() => writers.delete(run))
    return writer
  }
  const reading = async <T>(run: RunId, use: (reader: LogReader) => Promise<T>): Promise<T | undefined> => {
    const reader = await logReader(join(dir, run))
    if (reader === undefined) return undefined
    try {
      return await use(reader)
    } finally {
      await reader.close()
    }
  }
  return {
    async begin(run, about) {
      await writerOf(run)
      await writeFile(join(dir, run, aboutFile), `${JSON.stringify(about)}\n`, { mode: 0o600 })
    },
    async append(recorded) {
      for (const [run, group] of Map.groupBy(recorded, (one) => one.run)) await (await writerOf(run)).append(group)
    },
    extent: async (run) => (await reading(run, (reader) => reader.entries())) ?? 0,
    async *read(run, { extent, ...range }) {
      const reader = await logReader(join(dir, run))
      if (reader === undefined) return yield* readOldLog(old(run), run, range)
      try {
        yield* reader.read(run, { ...range, entries: extent })
      } finally {
        await reader.close()
      }
    },
    mark: async (run, mark) => (await reading(run, (reader) => reader.mark(mark))) ?? 0,
    lastAt: (run) => reading(run, (reader) => reader.lastAt()),
    async remove(run) {
      await rm(join(dir, run), { recursive: true, force: true })
      await rm(old(run), { force: true })
    },
    async runs() {
      const names = (await ifPresent(readdir(dir))) ?? []
      return names.map((name) => brandAs<RunId>(name.replace(/\.log$/, '')))
    },
    async bytes(run) {
      const files = [old(run), ...['text', 'index', 'steps', aboutFile].map((name) => join(dir, run, name))]
      const sizes = await Promise.all(files.map(async (file) => (await ifPresent(stat(file)))?.size ?? 0))
      return sizes.reduce((sum, size) => sum + size, 0)
    },
    async close() {
      for (const writer of writers.values()) await (await writer).close()
      writers.clear()
    },
  }
}

/** The highest number given to each pipeline, as far as the folders of runs tell. */
export async function numbersGiven(dir: string): Promise<ReadonlyMap<string, RunAbout>> {
  const highest = new Map<string, RunAbout>()
  for (const name of (await ifPresent(readdir(dir))) ?? []) {
    const text = await ifPresent(readFile(join(dir, name, aboutFile), 'utf8'))
    const about = text === undefined ? undefined : parse(text)
    if (about !== undefined && about.sequenceId > (highest.get(about.pipeline)?.sequenceId ?? 0)) highest.set(about.pipeline, about)
  }
  return highest
}

/** Half a file is what a crash has left of one. */
function parse(text: string): RunAbout | undefined {
  try {
    return JSON.parse(text) as RunAbout
  } catch {
    return undefined
  }
}
