/** Labels of the image: those made from git, those under the standard prefix, then the user's own, which win. */
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Pair } from '../settings/setting.ts'
import type { Knobs } from './knobs.ts'
import { joinPlanned } from './planned-list.ts'

export const labelPrefix = 'org.opencontainers.image.'

export interface LabelContext {
  readonly commitSha?: string
  readonly remoteUrl?: string
  readonly repoLink?: string
}

export function labelsOf(k: Knobs, context: LabelContext, extra: readonly Pair[]): Planned<readonly Pair[]> {
  const auto = k.on('autoLabel') ? automatic(k, context) : []
  const schema = mapPlanned<readonly Pair[], readonly Pair[]>(k.get('labelSchema') ?? known([]), (pairs) =>
    pairs.map((pair) => ({ name: `${labelPrefix}${pair.name}`, value: pair.value ?? '' })),
  )
  const custom = mapPlanned<readonly Pair[], readonly Pair[]>(k.get('customLabels') ?? known([]), (pairs) =>
    pairs.map(({ name, value = '' }) => ({ name, value })),
  )
  return mapPlanned(joinPlanned([...auto, schema, custom, known(extra)]), lastWins)
}

/** `created` is the builder's to add: only it knows the time. */
function automatic(k: Knobs, context: LabelContext): readonly Planned<readonly Pair[]>[] {
  const sha = k.given('commitSha') ? k.text('commitSha') : given(context.commitSha)
  return [label('revision', sha), label('source', k.text('remoteUrl') ?? given(context.remoteUrl)), label('url', k.text('repoLink') ?? given(context.repoLink))]
}

function label(name: string, value: Planned<Text> | undefined): Planned<readonly Pair[]> {
  return value === undefined ? known([]) : mapPlanned(value, (text) => [{ name: `${labelPrefix}${name}`, value: text }])
}

function given(text: string | undefined): Planned<Text> | undefined {
  return text === undefined || text === '' ? undefined : known(text)
}

function lastWins(pairs: readonly Pair[]): readonly Pair[] {
  return [...new Map(pairs.map((pair) => [pair.name, pair])).values()]
}
