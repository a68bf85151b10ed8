/**
 * What the program that starts steps is told, and what it tells: memory at a settled address, so that it finds everything where we put it
 * and neither side has to search.
 */
import type { Board } from '../../../../builder/exec/machine/step.ts'
import { errorName } from '../../../../builder/exec/machine/system-calls.ts'

export interface StartRequest {
  /** Comes back in each report. */
  readonly id: number
  /** The file to execute, as the step sees it. */
  readonly file: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Named pipes of this machine. */
  readonly out: string
  readonly err: string
}

export type StartReport =
  /** Of the step, as this machine numbers it. */
  | { readonly kind: 'process'; readonly id: number; readonly pid: number }
  /** As wait(2) answers it. */
  | { readonly kind: 'end'; readonly id: number; readonly status: number }
  | { readonly kind: 'failure'; readonly id: number; readonly step: number; readonly error: string }

const word = 8
const words = ['length', 'path', 'argv', 'envp', 'out', 'err', 'process mark', 'step', 'end mark', 'status', 'failure mark', 'failure'] as const
type Word = (typeof words)[number]
const marks = ['process mark', 'end mark', 'failure mark'] as const satisfies readonly Word[]

export const boardAt = 0x1000_0000
/** More than Linux takes for arguments and environment. */
export const boardBytes = 8 * 1024 * 1024
export const headBytes = words.length * word
/** A mark, and what it is about. */
export const reportBytes = 2 * word

export function addressOn(name: Word): number {
  return boardAt + words.indexOf(name) * word
}

export const startBoard: Board = {
  slots: Object.fromEntries(words.map((name) => [name, addressOn(name)])),
  failure: { address: addressOn('failure mark'), bytes: reportBytes },
}

export type EncodedRequest = { readonly kind: 'request'; readonly bytes: Buffer } | { readonly kind: 'refused'; readonly reason: string }

export function startRequest(o: StartRequest): EncodedRequest {
  const env = Object.entries(o.env).map(([name, value]) => `${name}=${value}`)
  const texts = [o.file, o.out, o.err, ...o.argv, ...env]
  if (texts.some((text) => text.includes('\0'))) return { kind: 'refused', reason: 'an argument or a variable holds a zero byte' }
  const encoded = texts.map((text) => Buffer.from(`${text}\0`))
  const [argvAt, envAt] = [headBytes, headBytes + (o.argv.length + 1) * word]
  let end = envAt + (env.length + 1) * word
  const bytes = Buffer.alloc(encoded.reduce((length, text) => length + text.length, end))
  if (bytes.length > boardBytes) return { kind: 'refused', reason: 'its arguments and variables are too long' }
  const put = (value: number, at: number): void => {
    bytes.writeBigUInt64LE(BigInt(value), at)
  }
  const places = encoded.map((text) => {
    const place = boardAt + end
    end += text.copy(bytes, end)
    return place
  })
  const [path = 0, out = 0, err = 0, ...list] = places
  for (const [i, place] of list.entries()) put(place, i < o.argv.length ? argvAt + i * word : envAt + (i - o.argv.length) * word)
  const head = { length: bytes.length - headBytes, path, argv: boardAt + argvAt, envp: boardAt + envAt, out, err } satisfies Partial<Record<Word, number>>
  for (const [name, value] of Object.entries(head)) put(value, words.indexOf(name as keyof typeof head) * word)
  for (const [kind, mark] of marks.entries()) {
    const at = words.indexOf(mark) * word
    bytes.writeUInt32LE(o.id, at)
    bytes.writeUInt32LE(kind, at + 4)
  }
  return { kind: 'request', bytes }
}

/** Of whole reports. */
export function readReports(bytes: Buffer): readonly StartReport[] {
  return Array.from({ length: Math.floor(bytes.length / reportBytes) }, (_, i) => readReport(bytes.subarray(i * reportBytes, (i + 1) * reportBytes)))
}

function readReport(bytes: Buffer): StartReport {
  const id = bytes.readUInt32LE(0)
  const mark = marks[bytes.readUInt32LE(4)]
  const [first, second] = [bytes.readInt32LE(8), bytes.readInt32LE(12)]
  if (mark === 'process mark') return { kind: 'process', id, pid: first }
  if (mark === 'end mark') return { kind: 'end', id, status: first }
  return { kind: 'failure', id, step: first, error: errorName(-second) }
}
