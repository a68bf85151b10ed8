/** Step output of each run as one append-only file of JSON lines. A line cut off by a crash is the end of the file. */
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { brandAs } from '../../../base/brand.ts'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import type { StepPath } from '../../../events/step-path.ts'

export interface LogFiles {
  append(recorded: readonly Recorded[]): Promise<void>
  read(run: RunId, after: number): AsyncIterable<Recorded>
  close(): Promise<void>
}

type Line = readonly [seq: number, at: number, step: string, stream: 'out' | 'err', text: string]

export function logFiles(dir: string): LogFiles {
  const handles = new Map<RunId, FileHandle>()
  const handleOf = async (run: RunId): Promise<FileHandle> => {
    const known = handles.get(run)
    if (known !== undefined) return known
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const handle = await open(join(dir, `${run}.log`), 'a', 0o600)
    handles.set(run, handle)
    return handle
  }
  return {
    async append(recorded) {
      for (const [run, group] of Map.groupBy(recorded, (r) => r.run)) {
        await (await handleOf(run)).appendFile(group.map(toLine).join(''))
      }
    },
    read: (run, after) => readLines(join(dir, `${run}.log`), run, after),
    async close() {
      for (const handle of handles.values()) await handle.close()
      handles.clear()
    },
  }
}

function toLine({ seq, at, event }: Recorded): string {
  if (event.kind !== 'step.output') return ''
  return `${JSON.stringify([seq, at, event.step, event.stream, event.text] satisfies Line)}\n`
}

async function* readLines(file: string, run: RunId, after: number): AsyncGenerator<Recorded> {
  const input = createReadStream(file, 'utf8')
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = parseLine(text)
      if (line === undefined) return
      const [seq, at, step, stream, output] = line
      if (seq > after) yield { run, seq, at, event: { kind: 'step.output', step: brandAs<StepPath>(step), stream, text: output } }
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  } finally {
    input.destroy()
  }
}

function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
