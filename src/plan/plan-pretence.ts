/**
 * On infrastructure fake: what steers a step whose own work has no environment, or one that is steered from outside.
 * `--var FAKE.build.EXIT=1` is FAKE_EXIT of the steps with the identifier `build`, whatever their environment says.
 */
import { known, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import { resolveMap, resolveTree } from '../dynamic/resolve-many.ts'
import type { Step } from '../pipeline/step.ts'
import type { StepSite } from './site.ts'

export type Pretence = Readonly<Record<string, Planned<Text>>>

export function planPretence({ step, facts }: StepSite, o: Resolving): Pretence | undefined {
  if (facts.on !== 'fake') return undefined
  const own = Object.entries(environment(step, o)).filter(([name]) => name.startsWith('FAKE_'))
  const outside = Object.entries(facts.variables).flatMap(([name, value]) => {
    const found = /^FAKE\.(\w+)\.(\w+)$/.exec(name)
    return found?.[1] === step.identifier ? [[`FAKE_${found[2]}`, known(value)] as const] : []
  })
  const all = [...own, ...outside]
  return all.length === 0 ? undefined : Object.fromEntries(all)
}

function environment({ spec }: Step, o: Resolving): Pretence {
  if ('envVariables' in spec && spec.envVariables !== undefined) return resolveMap(spec.envVariables, o)
  const tree = 'fields' in spec ? spec.fields.get('envVariables') : undefined
  if (tree?.kind !== 'map') return {}
  return Object.fromEntries(
    tree.entries.flatMap(({ key, value }) => {
      const planned = key.startsWith('FAKE_') ? resolveTree(value, o) : undefined
      return planned === undefined ? [] : [[key, planned.kind === 'known' ? known(String(planned.value)) : planned] as const]
    }),
  )
}
