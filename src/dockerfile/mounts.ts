/** RUN --mount, typed: what is mounted where, with the defaults of each type filled in. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { didYouMean } from '../text/suggest.ts'
import { csvFields } from './csv-fields.ts'
import { type MountDraft, mountKeys } from './mount-keys.ts'
import type { Word } from './word.ts'

export type Mount =
  | { readonly kind: 'bind'; readonly target: string; readonly from: string | undefined; readonly source: string; readonly readOnly: boolean }
  | ({ readonly kind: 'cache'; readonly target: string; readonly id: string; readonly from: string | undefined; readonly source: string } & CacheDetails)
  | { readonly kind: 'tmpfs'; readonly target: string; readonly size: number | undefined }
  | ({ readonly kind: 'secret'; readonly id: string; readonly target: string | undefined; readonly env: string | undefined } & Handed)
  | ({ readonly kind: 'ssh'; readonly id: string; readonly target: string | undefined } & Handed)

interface CacheDetails {
  readonly sharing: 'shared' | 'private' | 'locked'
  readonly readOnly: boolean
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

interface Handed {
  readonly required: boolean
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

export type MountKind = Mount['kind']
export const mountKinds: readonly MountKind[] = ['bind', 'cache', 'tmpfs', 'secret', 'ssh']

/** `expand` puts variables into one value; undefined after a report of its own. */
export function parseMount(word: Word, expand: (text: string) => string | undefined, report: (d: Diagnostic) => void): Mount | undefined {
  let failed = false
  const fail = (reason: string, hint?: string): undefined => {
    if (!failed) report(diagnose('DOCKERFILE_MOUNT_INVALID', { reason }, { at: word.at, hint }))
    failed = true
    return undefined
  }
  const fields = csvFields(word.text)
  if (fields === undefined) return fail('its quotes do not match')
  const draft = readFields(fields, expand, fail)
  if (draft === undefined || failed) return undefined
  return finish(draft, fail)
}

type Fail = (reason: string, hint?: string) => undefined

function readFields(fields: readonly string[], expand: (text: string) => string | undefined, fail: Fail): MountDraft | undefined {
  const draft: MountDraft = { kind: 'bind' }
  for (const field of fields) {
    const equals = field.indexOf('=')
    const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase()
    const rule = Object.hasOwn(mountKeys, key) ? mountKeys[key] : undefined
    if (rule === undefined) return fail(`"${key}" is no key of a mount`, didYouMean(key, Object.keys(mountKeys)))
    if (equals < 0 && !rule.alone) return fail(`"${key}" needs a value`)
    const value = equals < 0 ? 'true' : expand(field.slice(equals + 1))
    if (value === undefined) return undefined
    if (rule.only !== undefined && !rule.only.includes(draft.kind)) return fail(`"${key}" is not for mounts of type ${draft.kind}`)
    const wrong = rule.set(draft, value)
    if (wrong !== undefined) return fail(`${key}=${value}: ${wrong}`)
  }
  return draft
}

const finishers: { readonly [K in MountKind]: (draft: MountDraft, fail: Fail) => Mount | undefined } = {
  bind: (d, fail) =>
    d.target ? { kind: 'bind', target: d.target, from: d.from, source: d.source ?? '/', readOnly: d.readOnly ?? true } : fail('the target is missing'),
  cache: (d, fail) => {
    if (!d.target) return fail('the target is missing')
    const place = { target: d.target, id: d.id ?? d.target, from: d.from, source: d.source ?? '/' }
    return { kind: 'cache', ...place, sharing: d.sharing ?? 'shared', readOnly: d.readOnly ?? false, mode: d.mode ?? 0o755, uid: d.uid ?? 0, gid: d.gid ?? 0 }
  },
  tmpfs: (d, fail) => (d.target ? { kind: 'tmpfs', target: d.target, size: d.size } : fail('the target is missing')),
  secret: (d, fail) => {
    if (d.from !== undefined) return fail('a secret has no from')
    if (d.source !== undefined && d.id !== undefined) return fail('source and id say the same; give one of them')
    const id = d.source ?? d.id ?? d.target?.split('/').findLast((part) => part !== '')
    if (id === undefined) return fail('a secret needs an id or a target')
    const target = d.target ?? (d.env === undefined ? `/run/secrets/${id.split('/').at(-1)}` : undefined)
    return { kind: 'secret', id, target, env: d.env, required: d.required ?? false, mode: d.mode ?? 0o400, uid: d.uid ?? 0, gid: d.gid ?? 0 }
  },
  ssh: (d) => ({
    kind: 'ssh',
    id: d.id ?? 'default',
    target: d.target,
    required: d.required ?? false,
    mode: d.mode ?? 0o600,
    uid: d.uid ?? 0,
    gid: d.gid ?? 0,
  }),
}

function finish(draft: MountDraft, fail: Fail): Mount | undefined {
  const owned = draft.mode !== undefined || draft.uid !== undefined || draft.gid !== undefined
  if (owned && (draft.kind === 'bind' || draft.kind === 'tmpfs')) return fail(`mode, uid and gid are not for mounts of type ${draft.kind}`)
  if (draft.sharing !== undefined && draft.kind !== 'cache') return fail(`sharing is not for mounts of type ${draft.kind}`)
  return finishers[draft.kind](draft, fail)
}
