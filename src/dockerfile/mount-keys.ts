/** The keys of RUN --mount: which values they take and for which types of mount they are. */
import { type MountKind, mountKinds } from './mounts.ts'

export interface MountDraft {
  kind: MountKind
  from?: string
  source?: string
  target?: string
  id?: string
  env?: string
  readOnly?: boolean
  required?: boolean
  sharing?: 'shared' | 'private' | 'locked'
  size?: number
  mode?: number
  uid?: number
  gid?: number
}

interface KeyRule {
  /** May stand without "=value", which then means true. */
  readonly alone?: true
  readonly only?: readonly MountKind[]
  /** What is wrong with the value, or undefined. */
  readonly set: (draft: MountDraft, value: string) => string | undefined
}

const text = (key: 'from' | 'source' | 'target' | 'id' | 'env', only?: readonly MountKind[]): KeyRule => ({
  ...(only !== undefined && { only }),
  set: (draft, value) => {
    draft[key] = value
    return undefined
  },
})

const flag = (key: 'readOnly' | 'required', o: { readonly inverted?: true; readonly only?: readonly MountKind[] } = {}): KeyRule => ({
  alone: true,
  ...(o.only !== undefined && { only: o.only }),
  set: (draft, value) => {
    if (!/^(?:1|t|true|0|f|false)$/i.test(value)) return 'it is neither true nor false'
    draft[key] = /^(?:1|t|true)$/i.test(value) !== (o.inverted ?? false)
    return undefined
  },
})

const number = (key: 'mode' | 'uid' | 'gid', base: 8 | 10): KeyRule => ({
  set: (draft, value) => {
    const digits = base === 8 ? /^[0-7]{1,10}$/ : /^\d{1,10}$/
    if (!digits.test(value)) return base === 8 ? 'it is no octal number' : 'it is no number'
    draft[key] = Number.parseInt(value, base)
    return undefined
  },
})

const type: KeyRule = {
  set: (draft, value) => {
    const kind = mountKinds.find((one) => one === value.toLowerCase())
    if (kind === undefined) return `it is none of ${mountKinds.join(', ')}`
    draft.kind = kind
    return undefined
  },
}

const sharing: KeyRule = {
  set: (draft, value) => {
    const mode = (['shared', 'private', 'locked'] as const).find((one) => one === value.toLowerCase())
    if (mode === undefined) return 'it is none of shared, private, locked'
    draft.sharing = mode
    return undefined
  },
}

const factors: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 }

const size: KeyRule = {
  only: ['tmpfs'],
  set: (draft, value) => {
    const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(value)
    if (match === null) return 'it is no size such as 64m'
    draft.size = Math.floor(Number(match[1]) * (factors[(match[2] ?? '').toLowerCase()] ?? 1))
    return undefined
  },
}

const handed = ['secret', 'ssh'] as const

export const mountKeys: Readonly<Record<string, KeyRule>> = {
  type,
  from: text('from'),
  source: text('source'),
  src: text('source'),
  target: text('target'),
  dst: text('target'),
  destination: text('target'),
  id: text('id'),
  env: text('env', ['secret']),
  readonly: flag('readOnly'),
  ro: flag('readOnly'),
  readwrite: flag('readOnly', { inverted: true }),
  rw: flag('readOnly', { inverted: true }),
  required: flag('required', { only: handed }),
  sharing,
  size,
  mode: number('mode', 8),
  uid: number('uid', 10),
  gid: number('gid', 10),
}
