/** The work of `slipway plugin`, from the environment: what it would do is known before anything is done. */
import type { Diagnostic } from '../../base/diagnostic.ts'
import { known } from '../../base/planned.ts'
import { Problem } from '../../base/problem.ts'
import { namedPlace } from '../../base/span.ts'
import type { Knowledge } from '../../plan/knowledge.ts'
import type { PlannedAgain } from '../../plan/plan-of-one.ts'
import { familyName } from '../../settings/family-names.ts'
import { clearSecrets } from '../../settings/mask.ts'
import { readEnv } from '../../settings/read-env.ts'
import type { Engine, Family } from '../../settings/vocabulary.ts'
import type { ImageWork } from '../../steps/image-work.ts'
import { planImagePlugin } from '../../steps/plan-image-plugin.ts'
import type { Report } from '../../yaml/shape/shape.ts'
import type { World } from '../world.ts'
import { pluginEnvironment } from './read-environment.ts'

export interface PluginJob {
  readonly work: ImageWork
  readonly does: string
  readonly diagnostics: readonly Diagnostic[]
  /** Never to be printed. */
  readonly secrets: readonly string[]
  /** With what was learned just before it runs. */
  readonly again: (knowledge: Knowledge) => PlannedAgain
}

export interface PluginChoice {
  readonly family: Family
  readonly because: string
  readonly engine?: Engine
  readonly strict: boolean
  /** It is about to be done. */
  readonly runs: boolean
}

/** What is said of no variable in particular is said of all of them. */
export const environmentPlace = namedPlace('environment')

export async function pluginJob({ family, because, engine, strict, runs }: PluginChoice, world: World): Promise<PluginJob> {
  const { env, all, diagnostics } = await pluginEnvironment(family, world)
  const plan = (report: Report, knowledge?: Knowledge) =>
    planImagePlugin(env, {
      family,
      because: `${because}: the plugin ${familyName(family)}`,
      strict,
      ...(engine !== undefined && { engine }),
      at: environmentPlace,
      place: { on: 'local', runs },
      workspace: world.cwd,
      variable: (name) => {
        const value = all.get(name)
        return value === undefined ? undefined : known(value)
      },
      report,
      foundRegistry: knowledge?.foundRegistry,
    })
  const told: Diagnostic[] = [...diagnostics]
  const planned = plan((d) => told.push(d))
  const again = (knowledge: Knowledge): PlannedAgain => {
    const found: Diagnostic[] = []
    const more = plan((d) => found.push(d), knowledge)
    const [worst, ...others] = found.filter((d) => d.severity === 'error')
    if (worst !== undefined) throw new Problem(worst, { others })
    // What the first plan said has been printed.
    const before = new Set(told.map((d) => d.message))
    return { ...more, notes: found.filter((d) => !before.has(d.message)) }
  }
  return { ...planned, again, diagnostics: told, secrets: clearSecrets(readEnv(env, family).settings) }
}
