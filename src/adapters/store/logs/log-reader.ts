/** Reads the output of one run: from any point by searching the index, of one step without reading the others, the end without the beginning. */
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brandAs } from '../../../base/brand.ts'
import type { Recorded, RunId } from '../../../events/run-event.ts'
import type { StepPath } from '../../../events/step-path.ts'
import { ifPresent } from '../../../media/file-errors.ts'
import type { OutputMark } from '../../../ports/history.ts'
import { entrySize, type IndexEntry, readEntry } from './index-entry.ts'

export interface LogRange {
  readonly after: number
  readonly step?: string
  /** Nothing after this one. */
  readonly until?: number
  /** How many entries count; what was written later is left for another time. */
  readonly entries: number
}

export interface LogReader {
  /** How many entries there are now. */
  entries(): Promise<number>
  read(run: RunId, range: LogRange): AsyncIterable<Recorded>
  /** The `seq` after which to begin. */
  mark(mark: OutputMark): Promise<number>
  lastAt(): Promise<number | undefined>
  close(): Promise<void>
}

const block = 4096
const windowBytes = 1024 * 1024
/** Bytes of other steps between two pieces that are read with them, rather than read twice. */
const gapBytes = 64 * 1024

/** Undefined: the run has printed nothing. */
export async function logReader(dir: string): Promise<LogReader | undefined> {
  const index = await ifPresent(open(join(dir, 'index'), 'r'))
  if (index === undefined) return undefined
  const text = await open(join(dir, 'text'), 'r').catch(async (error: unknown) => {
    await index.close()
    throw error
  })
  let names: readonly string[] = []
  const nameOf = async (step: number): Promise<string> => {
    if (step >= names.length) names = readNames(await readFile(join(dir, 'steps'), 'utf8'))
    return names[step] ?? `step ${step}`
  }
  const entries = async (): Promise<number> => Math.floor((await index.stat()).size / entrySize)
  const numberOf = async (step: string | undefined): Promise<number | undefined> => {
    if (step === undefined) return undefined
    names = readNames(await readFile(join(dir, 'steps'), 'utf8'))
    return names.indexOf(step)
  }
  return {
    entries,
    async *read(run, range) {
      const wanted = await numberOf(range.step)
      const first = await search(index, range.entries, (entry) => entry.seq > range.after)
      const { until } = range
      const end = until === undefined ? range.entries : await search(index, range.entries, (entry) => entry.seq > until)
      for (let from = first; from < end; from += block) {
        const found = await entriesOf(index, from, Math.min(block, end - from))
        for await (const [entry, bytes] of texts(
          text,
          found.filter(({ step }) => wanted === undefined || step === wanted),
        )) {
          const step = brandAs<StepPath>(await nameOf(entry.step))
          yield { run, seq: entry.seq, at: entry.at, event: { kind: 'step.output', step, stream: entry.stream, text: bytes.toString('utf8') } }
        }
      }
    },
    async mark({ lines, since, step }) {
      const count = await entries()
      const young = since === undefined ? 0 : await search(index, count, (entry) => entry.at >= since)
      const late = lines === undefined ? 0 : await linesFromEnd(index, text, { count, lines, step: await numberOf(step) })
      const first = Math.max(young, late)
      if (first === 0) return 0
      const [before] = await entriesOf(index, first - 1, 1)
      return before?.seq ?? 0
    },
    async lastAt() {
      const count = await entries()
      return count === 0 ? undefined : (await entriesOf(index, count - 1, 1))[0]?.at
    },
    async close() {
      await index.close()
      await text.close()
    },
  }
}

/** A name that a crash has cut off is used by no entry. */
function readNames(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as string)
}

async function entriesOf(index: FileHandle, from: number, count: number): Promise<readonly IndexEntry[]> {
  const bytes = await readAt(index, from * entrySize, count * entrySize)
  return Array.from({ length: Math.floor(bytes.length / entrySize) }, (_, i) => readEntry(bytes, i * entrySize))
}

/** The first entry that satisfies a condition which, once true, stays true. */
async function search(index: FileHandle, count: number, reached: (entry: IndexEntry) => boolean): Promise<number> {
  let low = 0
  let high = count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [entry] = await entriesOf(index, middle, 1)
    if (entry === undefined || reached(entry)) high = middle
    else low = middle + 1
  }
  return low
}

/** Entries from which the output has so many lines. The last line may lack its end, so one more is counted. */
async function linesFromEnd(
  index: FileHandle,
  text: FileHandle,
  o: { readonly count: number; readonly lines: number; readonly step: number | undefined },
): Promise<number> {
  let ends = 0
  let size = 16
  for (let until = o.count; until > 0; size = Math.min(block, size * 2)) {
    const from = Math.max(0, until - size)
    const found = await entriesOf(index, from, until - from)
    const counted: (readonly [seq: number, ends: number])[] = []
    for await (const [{ seq }, bytes] of texts(
      text,
      found.filter(({ step }) => o.step === undefined || step === o.step),
    ))
      counted.push([seq, lineEnds(bytes)])
    for (const [seq, more] of counted.reverse()) {
      ends += more
      if (ends > o.lines) return from + found.findIndex((entry) => entry.seq === seq)
    }
    until = from
  }
  return 0
}

function lineEnds(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1
  return count
}

/** Entries with their bytes; neighbours are read together. */
async function* texts(text: FileHandle, entries: readonly IndexEntry[]): AsyncGenerator<readonly [IndexEntry, Buffer]> {
  for (let i = 0; i < entries.length; ) {
    const first = entries[i]
    if (first === undefined) return
    let end = first.offset + first.length
    let next = i + 1
    for (let entry = entries[next]; entry !== undefined; entry = entries[next]) {
      if (entry.offset - end > gapBytes || entry.offset + entry.length - first.offset > windowBytes) break
      end = entry.offset + entry.length
      next += 1
    }
    const bytes = await readAt(text, first.offset, end - first.offset)
    for (const entry of entries.slice(i, next)) yield [entry, bytes.subarray(entry.offset - first.offset, entry.offset - first.offset + entry.length)]
    i = next
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return bytes.subarray(0, done)
}
