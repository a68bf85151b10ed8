/** One entry of a log's index: 26 bytes that say which bytes of the text are the output of which event. */
import type { Instant } from '../../../base/clock.ts'

export interface IndexEntry {
  readonly seq: number
  readonly at: Instant
  /** Where the text begins, and how many bytes it has. */
  readonly offset: number
  readonly length: number
  /** Line of the file of step names. */
  readonly step: number
  readonly stream: 'out' | 'err'
}

export const entrySize = 26

export function writeEntry(entry: IndexEntry, to: Buffer, at: number): void {
  to.writeUIntLE(entry.seq, at, 6)
  to.writeUIntLE(entry.at, at + 6, 6)
  to.writeUIntLE(entry.offset, at + 12, 6)
  to.writeUInt32LE(entry.length, at + 18)
  to.writeUIntLE(entry.step, at + 22, 3)
  to.writeUInt8(entry.stream === 'err' ? 1 : 0, at + 25)
}

export function readEntry(from: Buffer, at: number): IndexEntry {
  return {
    seq: from.readUIntLE(at, 6),
    at: from.readUIntLE(at + 6, 6),
    offset: from.readUIntLE(at + 12, 6),
    length: from.readUInt32LE(at + 18),
    step: from.readUIntLE(at + 22, 3),
    stream: from.readUInt8(at + 25) === 1 ? 'err' : 'out',
  }
}
