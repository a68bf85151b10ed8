/** How a step shall behave that only pretends: read from the FAKE_* variables of its environment. */
import { problem } from '../../../base/problem.ts'
import { didYouMean } from '../../../text/suggest.ts'
import { type FakeFailure, fakeFailures } from './fake-failures.ts'

export interface Manner {
  readonly sleepMs: number
  /** Works until somebody ends it. */
  readonly hangs: boolean
  readonly ignoresTerm: boolean
  readonly output: string | undefined
  /** Lines `NAME=value` of its environment. */
  readonly printed: string | undefined
  readonly errors: string | undefined
  readonly floodBytes: number
  readonly exit: number
  readonly outOfMemory: boolean
  /** The TCP port that it listens on; a service that does not say listens on those of its step. */
  readonly listens: number | undefined
  /** After its start. */
  readonly listensAfterMs: number
  /** Why it does not start. */
  readonly startFailure: string | undefined
  readonly failure: FakeFailure | undefined
  /** Values of output variables; one without gets its own name. */
  readonly outputs: ReadonlyMap<string, string>
  /** Output variables that it does not set. */
  readonly unset: readonly string[]
}

/** One row per variable, for people as well: docs/fake.md lists them. */
export const steering = {
  FAKE_SLEEP: 'how long it works: milliseconds, or 90s, 2h, 1h 30m',
  FAKE_EXIT: 'exit code; codes with commas are one for each try: 1,1,0',
  FAKE_FAIL: 'fails as this kind of error, or kinds and `no` for each try: Connectivity,no',
  FAKE_START_FAIL: 'does not start, for this reason',
  FAKE_OOM: 'true: runs out of memory',
  FAKE_HANG: 'true: works until somebody ends it',
  FAKE_IGNORE_TERM: 'true: is not ended politely',
  FAKE_LISTEN: 'TCP port that it listens on',
  FAKE_LISTEN_AFTER: 'how long after its start it does',
  FAKE_OUTPUT: 'what it prints',
  FAKE_PRINT: 'variables whose values it prints, with commas',
  FAKE_ERRORS: 'what it prints on its error stream',
  FAKE_FLOOD: 'prints so many bytes',
  FAKE_FINDINGS: 'what a scan finds: critical=1,low=3',
  FAKE_UNSET: 'output variables that it does not set, with commas',
} as const

type Name = keyof typeof steering

const outputPrefix = 'FAKE_OUT_'

/** `turn` counts the tries from 0. Plugins get their settings as PLUGIN_*, so their steering too. */
export function mannerOf(given: ReadonlyMap<string, string>, o: { readonly step: string; readonly turn: number }): Manner {
  const env = new Map([...given].map(([name, value]) => [name.replace(/^PLUGIN_(?=FAKE_)/, ''), value]))
  const wrong = (name: string, reason: string): Error => problem('FAKE_STEERING', { name, step: o.step, reason })
  const names = Object.keys(steering)
  for (const name of env.keys()) {
    if (!name.startsWith('FAKE_') || name.startsWith(outputPrefix) || names.includes(name)) continue
    throw wrong(name, didYouMean(name, names) ?? `it is none of ${names.join(', ')}`)
  }
  const text = (name: Name): string | undefined => env.get(name)
  const flag = (name: Name): boolean => {
    const value = text(name)?.toLowerCase() ?? 'false'
    if (value !== 'true' && value !== 'false') throw wrong(name, `"${value}" is neither true nor false`)
    return value === 'true'
  }
  const count = (name: Name, value: string | undefined): number => {
    if (value === undefined) return 0
    if (!/^\d+$/.test(value.trim())) throw wrong(name, `"${value}" is no number`)
    return Number(value)
  }
  const time = (name: Name): number => {
    const ms = durationOf(text(name) ?? '0')
    if (ms === undefined) throw wrong(name, `"${text(name)}" is no time such as 250, 90s or 2h`)
    return ms
  }
  const byTurn = (name: Name): string | undefined => {
    const all = text(name)?.split(',') ?? []
    return all[Math.min(o.turn, all.length - 1)]?.trim()
  }
  const kind = byTurn('FAKE_FAIL') ?? 'no'
  if (kind !== 'no' && !isFailure(kind)) throw wrong('FAKE_FAIL', `"${kind}" is none of ${[...Object.keys(fakeFailures), 'no'].join(', ')}`)
  return {
    sleepMs: time('FAKE_SLEEP'),
    hangs: flag('FAKE_HANG'),
    ignoresTerm: flag('FAKE_IGNORE_TERM'),
    output: text('FAKE_OUTPUT'),
    printed: text('FAKE_PRINT')
      ?.split(',')
      .map((name) => `${name}=${env.get(name) ?? ''}\n`)
      .join(''),
    errors: text('FAKE_ERRORS'),
    floodBytes: count('FAKE_FLOOD', text('FAKE_FLOOD')),
    exit: count('FAKE_EXIT', byTurn('FAKE_EXIT')),
    outOfMemory: flag('FAKE_OOM'),
    listens: text('FAKE_LISTEN') === undefined ? undefined : count('FAKE_LISTEN', text('FAKE_LISTEN')),
    listensAfterMs: time('FAKE_LISTEN_AFTER'),
    startFailure: text('FAKE_START_FAIL'),
    failure: kind === 'no' ? undefined : kind,
    outputs: new Map([...env].flatMap(([name, value]) => (name.startsWith(outputPrefix) ? [[name.slice(outputPrefix.length), value] as const] : []))),
    unset: (text('FAKE_UNSET') ?? '').split(',').map((name) => name.trim()),
  }
}

function isFailure(kind: string): kind is FakeFailure {
  return Object.hasOwn(fakeFailures, kind)
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

function durationOf(text: string): number | undefined {
  if (/^\d+$/.test(text.trim())) return Number(text)
  if (!/^(?:\d+[smhdw]\s*)+$/.test(text.trim())) return undefined
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0)
}
