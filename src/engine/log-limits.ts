/**
 * Limits of a step's log: bytes of a line, bytes of the step. A line that is too long ends with a mark. Of a step that says too much the
 * beginning and the very end are kept, since failures tell their reason last; between them stands a mark, and how much is missing.
 */
import { humanBytes } from '../base/human.ts'

/** Bytes. Without a number there is no limit. */
export interface LogLimits {
  readonly line?: number
  readonly step?: number
}

export type LogStream = 'out' | 'err'

export interface LogPiece {
  readonly stream: LogStream
  readonly text: string
}

export interface LogCut {
  readonly lines: number
  readonly bytes: number
}

export interface LimitedLog {
  /** What of it belongs into the log now. */
  take(piece: LogPiece): readonly LogPiece[]
  /** The end that was kept back, and what is missing. */
  end(): { readonly pieces: readonly LogPiece[]; readonly cut: LogCut }
}

export const lineMark = ' …[line cut]'

/** So much of the end is kept of a step that says too much, and never more than this part of its limit. */
const [endBytes, endPart] = [64 * 1024, 0.25]

export function limitedLog(limits: LogLimits): LimitedLog {
  const lines = { out: lineCutter(limits.line), err: lineCutter(limits.line) }
  const whole = stepCutter(limits.step)
  return {
    take: ({ stream, text }) => whole.take({ stream, text: lines[stream].take(text) }),
    end() {
      const { pieces, bytes } = whole.end()
      return { pieces, cut: { lines: lines.out.cut.lines + lines.err.cut.lines, bytes: bytes + lines.out.cut.bytes + lines.err.cut.bytes } }
    },
  }
}

function lineCutter(most = Number.POSITIVE_INFINITY) {
  const cut = { lines: 0, bytes: 0 }
  let length = 0
  let over = false
  const part = (text: string): string => {
    const size = Buffer.byteLength(text)
    const kept = over ? '' : length + size <= most ? text : firstBytes(text, most - length)
    length += size
    if (kept === text) return text
    cut.bytes += size - Buffer.byteLength(kept)
    if (over) return ''
    over = true
    cut.lines += 1
    return kept + lineMark
  }
  return {
    cut,
    take(text: string): string {
      if (most === Number.POSITIVE_INFINITY) return text
      return text
        .split('\n')
        .map((line, i) => {
          if (i > 0) [length, over] = [0, false]
          return part(line)
        })
        .join('\n')
    },
  }
}

function stepCutter(most = Number.POSITIVE_INFINITY) {
  const endRoom = Math.floor(Math.min(endBytes, most * endPart))
  const room = most - endRoom
  let length = 0
  let kept: LogPiece[] = []
  let keptBytes = 0
  let missing = 0
  const keep = (piece: LogPiece): void => {
    kept.push(piece)
    keptBytes += Buffer.byteLength(piece.text)
    if (keptBytes <= 2 * endRoom) return
    const before = keptBytes
    kept = lastBytes(kept, endRoom)
    keptBytes = kept.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
    missing += before - keptBytes
  }
  return {
    take({ stream, text }: LogPiece): readonly LogPiece[] {
      if (text === '') return []
      if (most === Number.POSITIVE_INFINITY) return [{ stream, text }]
      if (length === room) {
        keep({ stream, text })
        return []
      }
      const size = Buffer.byteLength(text)
      if (length + size <= room) {
        length += size
        return [{ stream, text }]
      }
      const now = firstBytes(text, room - length)
      length = room
      keep({ stream, text: text.slice(now.length) })
      return now === '' ? [] : [{ stream, text: now }]
    },
    end(): { readonly pieces: readonly LogPiece[]; readonly bytes: number } {
      const last = lastBytes(kept, endRoom)
      const bytes = missing + keptBytes - last.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
      const stream = last[0]?.stream ?? 'out'
      return { pieces: bytes === 0 ? last : [{ stream, text: `\n…[${humanBytes(bytes)} left out]\n` }, ...last], bytes }
    },
  }
}

/** As many whole characters as fit into so many bytes. */
function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text.slice(0, most))
  let end = Math.min(most, bytes.length)
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

function lastBytes(pieces: readonly LogPiece[], most: number): LogPiece[] {
  const last: LogPiece[] = []
  let room = most
  for (const { stream, text } of pieces.toReversed()) {
    const bytes = Buffer.from(text.slice(-room))
    let start = Math.max(0, bytes.length - room)
    while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++
    if (start < bytes.length) last.unshift({ stream, text: bytes.toString('utf8', start) })
    room -= bytes.length - start
    if (room <= 0) break
  }
  return last
}
