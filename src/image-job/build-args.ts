/** Build arguments from every list that can hold them. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Pair } from '../settings/setting.ts'
import type { BuildArg } from './build-source.ts'
import type { Knobs } from './knobs.ts'
import { joinPlanned } from './planned-list.ts'

/** A later argument of the same name wins, as on a command line. */
export function buildArgs(k: Knobs, extra: readonly BuildArg[]): Planned<readonly BuildArg[]> {
  return joinPlanned([listed(k), mapPlanned(k.texts('buildArgsFromEnv'), (names) => names.flatMap(bothCases)), known(extra)])
}

/** The semicolon list counts when its switch is on, and also alone: the original would silently pass nothing then. */
function listed(k: Knobs): Planned<readonly BuildArg[]> {
  const old = k.get('buildArgs') ?? known([])
  const semicolons = k.get('buildArgsNew')
  const pick = (pairs: Planned<readonly Pair[]>): Planned<readonly BuildArg[]> => mapPlanned(pairs, (list) => list.map(argOf))
  if (semicolons === undefined) return pick(old)
  if (k.on('multipleBuildArgs')) return pick(semicolons)
  if (k.given('buildArgs')) {
    k.diagnostics.push(diagnose('JOB_TWO_ARG_LISTS', { used: 'PLUGIN_BUILD_ARGS', unused: 'PLUGIN_BUILD_ARGS_NEW' }, { at: k.at('buildArgsNew') }))
    return pick(old)
  }
  k.diagnostics.push(diagnose('JOB_ARGS_WITHOUT_SWITCH', {}, { at: k.at('buildArgsNew') }))
  return pick(semicolons)
}

export function argOf(pair: Pair): BuildArg {
  return pair.value === undefined ? { kind: 'environment', name: pair.name, from: [pair.name] } : { kind: 'value', name: pair.name, value: pair.value }
}

/** The original looks the name up as written and in upper case, and passes it under both. */
function bothCases(name: string): readonly BuildArg[] {
  const from = [...new Set([name, name.toUpperCase()])]
  return from.map((as) => ({ kind: 'environment', name: as, from }))
}
