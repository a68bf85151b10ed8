/** Logs as the first layout had them: one file of JSON lines per run. They are read, never written. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { brandAs } from '../../../base/brand.ts'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import type { StepPath } from '../../../events/step-path.ts'
import { errorCode } from '../../../media/file-errors.ts'

type Line = readonly [seq: number, at: number, step: string, stream: 'out' | 'err', text: string]

/** A line cut off by a crash is the end of the file. */
export async function* readOldLog(
  file: string,
  run: RunId,
  o: { readonly after: number; readonly until?: number; readonly step?: string },
): AsyncGenerator<Recorded> {
  const input = createReadStream(file, 'utf8')
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = parseLine(text)
      if (line === undefined) return
      const [seq, at, step, stream, output] = line
      if (o.until !== undefined && seq > o.until) return
      if (seq <= o.after || (o.step !== undefined && o.step !== step)) continue
      yield { run, seq, at, event: { kind: 'step.output', step: brandAs<StepPath>(step), stream, text: output } }
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
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
