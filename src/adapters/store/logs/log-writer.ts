/**
 * Writes the output of one run: the text as it is into `text`, one entry per event into `index`, names of steps into `steps`.
 * Text comes before its entry, names before both: whatever a crash cuts off, what the index says is there. One writer per run.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Recorded } from '../../../events/run-event.ts'
import { entrySize, writeEntry } from './index-entry.ts'

export interface LogWriter {
  append(recorded: readonly Recorded[]): Promise<void>
  close(): Promise<void>
}

interface Growing {
  readonly handle: FileHandle
  size: number
}

export async function logWriter(dir: string): Promise<LogWriter> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const [text, index, names] = await Promise.all(['text', 'index', 'steps'].map((name) => grow(join(dir, name))))
  if (text === undefined || index === undefined || names === undefined) throw new Error('three files were opened')
  // A run that goes on has written before, and a crash may have cut off its last words.
  const known = (await readFile(join(dir, 'steps'), 'utf8')).split('\n').slice(0, -1)
  names.size = Buffer.byteLength(known.map((line) => `${line}\n`).join(''))
  index.size -= index.size % entrySize
  const steps = new Map(known.map((line, i) => [JSON.parse(line) as string, i]))
  const room = reusedRoom()
  const numberOf = (step: string): number => {
    const known = steps.get(step) ?? steps.size
    steps.set(step, known)
    return known
  }
  return {
    async append(recorded) {
      const before = steps.size
      const { bytes, entries } = encode(recorded, text.size, { numberOf, room })
      const added = [...steps.keys()].slice(before)
      try {
        if (added.length > 0) await write(names, Buffer.from(added.map((step) => `${JSON.stringify(step)}\n`).join('')))
      } catch (error) {
        for (const step of added) steps.delete(step)
        throw error
      }
      await write(text, bytes)
      await write(index, entries)
    },
    async close() {
      for (const { handle } of [text, index, names]) await handle.close()
    },
  }
}

async function grow(file: string): Promise<Growing> {
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600)
  return { handle, size: (await handle.stat()).size }
}

/** At the place where the last whole write ended: what a full disk has cut off is written over by the next. */
async function write(file: Growing, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.handle.write(bytes, done, bytes.length - done, file.size + done)).bytesWritten
  }
  file.size += bytes.length
}

/** Bytes to write into, the same for each batch: a flood of output would have the system clear new memory for every one. */
function reusedRoom(): (most: number) => Buffer {
  let room = Buffer.alloc(0)
  return (most) => {
    if (room.length < most) room = Buffer.allocUnsafeSlow(most)
    return room
  }
}

interface Encoder {
  readonly numberOf: (step: string) => number
  readonly room: (most: number) => Buffer
}

function encode(recorded: readonly Recorded[], base: number, { numberOf, room }: Encoder): { readonly bytes: Buffer; readonly entries: Buffer } {
  const entries = Buffer.allocUnsafe(recorded.length * entrySize)
  // A character takes three bytes at most.
  const text = room(recorded.reduce((sum, { event }) => sum + (event.kind === 'step.output' ? event.text.length * 3 : 0), 0))
  let end = 0
  for (const [i, { seq, at, event }] of recorded.entries()) {
    if (event.kind !== 'step.output') throw new Error(`a log takes output, not ${event.kind}`)
    const length = text.write(event.text, end)
    writeEntry({ seq, at, offset: base + end, length, step: numberOf(event.step), stream: event.stream }, entries, i * entrySize)
    end += length
  }
  return { bytes: text.subarray(0, end), entries }
}
