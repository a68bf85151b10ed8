/** Whether two conversations are alike: the same is asked, answers have the same shape, and pods go the same way. */
import { differences, shapeOf } from './shape.ts'
import type { Exchange } from './transcript.ts'

/** What is in `told` and not in `real`, a line each. */
export function madeUp(told: readonly Exchange[], real: readonly Exchange[]): readonly string[] {
  const [ours, theirs] = [saidBy(told), saidBy(real)]
  return [...ours].flatMap(([key, samples]) => {
    const those = theirs.get(key)
    return those === undefined ? [`${key} was never said`] : differences(shapeOf(samples), shapeOf(those), key)
  })
}

/** Without what is another each time. How far a log was read already is such a thing. */
function keyOf({ asks, query, status }: Exchange): string {
  const what = asks.replace(/(?<=pods\/|secrets\/)[\w-]+/, 'NAME')
  const names = Object.keys(query)
    .filter((name) => !(asks.endsWith('/log') && (name === 'sinceTime' || name === 'follow')))
    .sort()
  return `${what}${names.length === 0 ? '' : `?${names.join('&')}`} ${status}`
}

/** Requests with their answers, and what is told of pods, by what they are. */
function saidBy(exchanges: readonly Exchange[]): ReadonlyMap<string, readonly unknown[]> {
  const all = new Map<string, unknown[]>()
  const add = (key: string, sample: unknown): void => void all.set(key, [...(all.get(key) ?? []), sample])
  const object = (how: string, sample: unknown): void => {
    if (kindOf(sample) !== 'Pod') add(`${kindOf(sample)} ${how}`, sample)
    else {
      // What a pod is to be has nothing to do with how far it is, and which pictures of it are told is chance.
      const { spec, metadata, ...rest } = sample as Pod & { readonly spec?: unknown }
      const { labels, annotations, ...facts } = metadata
      add('what a pod is to be', { spec, labels, annotations })
      add(stateOf({ ...rest, metadata }, how), { ...rest, metadata: facts })
    }
  }
  for (const exchange of exchanges) {
    // Nobody was there.
    if (exchange.status === undefined) continue
    const key = keyOf(exchange)
    add(key, exchange.log !== undefined || exchange.events !== undefined ? {} : (exchange.body ?? {}))
    for (const { type, object: one } of exchange.events ?? []) object(type === 'BOOKMARK' || type === 'ERROR' ? type : 'told', one)
    for (const { from, channel, said } of exchange.frames ?? []) if (from === 'server') add(`frame ${channel} of ${key}`, said)
    const list = exchange.answer as { readonly kind?: string; readonly items?: readonly unknown[] } | undefined
    if (list?.kind === 'PodList') {
      add(`list of ${key}`, { ...list, items: [] })
      for (const item of list.items ?? []) object('listed', { kind: 'Pod', apiVersion: 'v1', ...(item as object) })
    } else if (list !== undefined) object(`of ${key}`, list)
  }
  return all
}

const kindOf = (value: unknown): string => (value as { readonly kind?: string } | null)?.kind ?? 'something'

interface Pod {
  readonly metadata: { readonly deletionTimestamp?: string; readonly labels?: unknown; readonly annotations?: unknown }
  readonly status: {
    readonly phase?: string
    readonly reason?: string
    readonly conditions?: readonly unknown[]
    readonly containerStatuses?: readonly Status[]
  }
}

interface Status {
  readonly state: Readonly<Record<string, { readonly reason?: string; readonly exitCode?: number }>>
}

/** Pods in one state have one shape. */
function stateOf({ metadata, status }: Pod, how: string): string {
  const { phase, reason, conditions, containerStatuses = [] } = status
  const states = new Set(
    containerStatuses.flatMap(({ state }) =>
      Object.entries(state).map(([kind, { reason: why = '', exitCode = '' }]) => [kind, why, exitCode].filter((word) => word !== '').join(' ')),
    ),
  )
  const ending = metadata.deletionTimestamp === undefined ? '' : ', ending'
  if (how === 'BOOKMARK') return 'bookmark'
  return `a pod that is ${phase}${reason === undefined ? '' : ` (${reason})`}${ending}, ${conditions?.length ?? 0} conditions: ${[...states].sort().join(', ')}`
}
