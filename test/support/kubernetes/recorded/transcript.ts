/** What was said between Slipway and an API server, as it is kept: exchanges in the order in which they began. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How long nothing was said before: at once (a tenth of a second), soon (two seconds), late. */
export type Pause = 'at once' | 'soon' | 'late'

export interface WatchEvent {
  readonly after: Pause
  readonly type: string
  readonly object: unknown
}

export interface Piece {
  readonly after: Pause
  readonly text: string
}

/** Of a web socket; `channel` as the kubelet counts them: input, output, errors, status. */
export interface Frame {
  readonly after: Pause
  readonly from: 'slipway' | 'server'
  readonly channel: number
  /** What is no text is told by its size. */
  readonly said: unknown
}

export interface Exchange {
  /** `POST /api/v1/namespaces/default/pods` */
  readonly asks: string
  readonly query: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  /** Undefined: the line was cut before there was an answer. */
  readonly status?: number
  readonly answer?: unknown
  readonly events?: readonly WatchEvent[]
  readonly log?: readonly Piece[]
  readonly frames?: readonly Frame[]
  /** By the server, before it had said all. */
  readonly cut?: true
}

export interface Transcript {
  readonly name: string
  /** `v1.20.2` */
  readonly server: string
  readonly exchanges: readonly Exchange[]
}

interface Kept {
  readonly name: string
  readonly server: string
  /** What is said more than once: `{"part": 3}` stands for it. */
  readonly parts: readonly unknown[]
  readonly exchanges: unknown
}

const folder = join(import.meta.dirname, '../transcripts')
const worthAPart = 160

const fileOf = (name: string): string => join(folder, `${name.replaceAll(' ', '-')}.json`)

export function readTranscript(name: string): Transcript {
  const kept = JSON.parse(readFileSync(fileOf(name), 'utf8')) as Kept
  return { name: kept.name, server: kept.server, exchanges: unpacked(kept.exchanges, kept.parts) as readonly Exchange[] }
}

export function writeTranscript({ name, server, exchanges }: Transcript): void {
  const counts = new Map<string, number>()
  count(exchanges, counts)
  const parts: unknown[] = []
  const numbers = new Map<string, number>()
  const packedExchanges = packed(exchanges, (text) => (counts.get(text) ?? 0) > 1 && text.length >= worthAPart, parts, numbers)
  const line = (value: unknown): string => JSON.stringify(value)
  const list = (values: readonly unknown[]): string => (values.length === 0 ? '[]' : `[\n    ${values.map(line).join(',\n    ')}\n  ]`)
  const text = `{\n  "name": ${line(name)},\n  "server": ${line(server)},\n  "parts": ${list(parts)},\n  "exchanges": ${list(packedExchanges as unknown[])}\n}\n`
  writeFileSync(fileOf(name), text)
}

function membersOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function count(value: unknown, counts: Map<string, number>): void {
  for (const member of membersOf(value)) {
    if (typeof member === 'object' && member !== null) {
      const text = JSON.stringify(member)
      counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    count(member, counts)
  }
}

function packed(value: unknown, often: (text: string) => boolean, parts: unknown[], numbers: Map<string, number>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  const known = numbers.get(text)
  if (known !== undefined) return { part: known }
  const whole = Array.isArray(value)
    ? value.map((member) => packed(member, often, parts, numbers))
    : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, packed(member, often, parts, numbers)]))
  if (!often(text)) return whole
  numbers.set(text, parts.push(whole) - 1)
  return { part: parts.length - 1 }
}

function unpacked(value: unknown, parts: readonly unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((member) => unpacked(member, parts))
  const { part, ...rest } = value as { readonly part?: number }
  if (part !== undefined && Object.keys(rest).length === 0) return unpacked(parts[part], parts)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unpacked(member, parts)]))
}
