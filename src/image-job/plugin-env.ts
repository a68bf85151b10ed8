/** The variables that the original's plugin would be given for a step: what `plan --env` prints. */
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Text } from '../base/secret-text.ts'
import { entriesOf } from '../settings/collect.ts'
import { type ImageSettings, rows, type SettingKey } from '../settings/image-settings.ts'
import type { Family } from '../settings/vocabulary.ts'
import { writeEnv } from '../settings/write-env.ts'
import { knobs } from './knobs.ts'
import { prefixOf, type TargetContext } from './targets.ts'

/** Knobs that only Slipway has become what the plugins know: a registry in place of its parts, cache variables in place of one image. */
export function pluginEnv(settings: ImageSettings, family: Family, context: TargetContext = {}): ReadonlyMap<string, Planned<Text>> {
  const k = knobs(settings, family)
  const remote = settings.cacheRepo?.origin.kind === 'yaml' ? k.plain('cacheRepo') : undefined
  const dropped = new Set(entriesOf(settings).flatMap(([key]) => (isOurs(key) ? [key] : [])))
  if (remote !== undefined && family.tool !== 'kaniko') dropped.add('cacheRepo')
  const kept = Object.fromEntries(Object.entries(settings).filter(([key]) => ![...dropped].some((name) => name === key)))
  const env = new Map(writeEnv(kept, family))
  const registry = settings.registry === undefined ? prefixOf(k, context) : undefined
  if (registry !== undefined) env.set('PLUGIN_REGISTRY', registry)
  if (remote !== undefined) for (const [name, value] of cacheVariables(family, remote)) env.set(name, value)
  return env
}

function cacheVariables(family: Family, image: Planned<string>): readonly (readonly [string, Planned<Text>])[] {
  if (family.tool === 'kaniko') return [['PLUGIN_ENABLE_CACHE', known('true')]]
  const spec = mapPlanned(image, (ref) => `type=registry,ref=${ref}`)
  if (family.tool === 'docker') return [['PLUGIN_CACHE_FROM', image]]
  return [
    ['PLUGIN_CACHE_FROM', spec],
    ['PLUGIN_CACHE_TO', mapPlanned(spec, (text) => `${text},mode=max`)],
  ]
}

/** No plugin reads any of its names. */
function isOurs(key: SettingKey): boolean {
  return rows[key]?.env.every((name) => name.tools.length === 0) ?? false
}
