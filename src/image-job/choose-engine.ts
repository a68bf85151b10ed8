/** What really builds: the engine somebody named, else the one a setting needs, else our own. */
import { type Diagnostic, diagnose } from '../base/diagnostic.ts'
import { engineNeeds } from '../settings/effects.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import { showOrigin } from '../settings/setting.ts'
import { type Engine, engines } from '../settings/vocabulary.ts'
import { didYouMean } from '../text/suggest.ts'
import { engineGaps } from './engine-gaps.ts'

export interface EngineFacts {
  /** `--engine` or the configuration; the step's own `engine` comes before it. */
  readonly chosen?: Engine
}

export interface EngineChoice {
  readonly engine: Engine
  readonly reasons: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

export function chooseEngine(settings: ImageSettings, facts: EngineFacts = {}): EngineChoice {
  const needs = engineNeeds(settings)
  const named = namedEngine(settings)
  const chosen = named.engine ?? facts.chosen
  if (chosen !== undefined) {
    const reason = named.engine === undefined ? `--engine ${chosen}` : `engine: ${chosen}`
    const by = named.engine === undefined || settings.engine === undefined ? 'option --engine' : showOrigin(settings.engine.origin)
    const against = [
      ...needs.filter((need) => need.engine !== chosen).map((need) => ({ ...need, needed: need.engine })),
      ...engineGaps(settings, chosen).map((gap) => ({ ...gap, needed: 'embedded or buildx' })),
    ]
    const refused = against.map(({ origin, because, needed }) =>
      diagnose('ENGINE_CONFLICT', { engine: chosen, by, what: showOrigin(origin), needed, because }, { at: origin.at }),
    )
    return { engine: chosen, reasons: [reason], diagnostics: [...named.diagnostics, ...refused] }
  }
  const [need] = needs
  if (need === undefined) return { engine: 'embedded', reasons: ['the embedded engine is the default'], diagnostics: named.diagnostics }
  return { engine: need.engine, reasons: needs.map((n) => `${showOrigin(n.origin)}: ${n.because}`), diagnostics: named.diagnostics }
}

function namedEngine(settings: ImageSettings): { readonly engine?: Engine; readonly diagnostics: readonly Diagnostic[] } {
  const setting = settings.engine
  if (setting?.value.kind !== 'known' || setting.value.value === '') return { diagnostics: [] }
  const text = setting.value.value
  const engine = engines.find((name) => name === text)
  if (engine !== undefined) return { engine, diagnostics: [] }
  const shown = typeof text === 'string' ? text : 'a secret'
  return {
    diagnostics: [diagnose('ENGINE_UNKNOWN', { engine: shown, engines: engines.join(', ') }, { at: setting.origin.at, hint: didYouMean(shown, engines) })],
  }
}
