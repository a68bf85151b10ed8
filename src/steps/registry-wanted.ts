/** A plugin for ECR that is told no registry: AWS knows which one its keys belong to, and is asked when the step runs. */
import { type Deferred, known, type Planned } from '../base/planned.ts'
import { knobs } from '../image-job/knobs.ts'
import { loginOf, type PlannedLogin } from '../image-job/login.ts'
import { modeOf } from '../image-job/mode.ts'
import { hasHost } from '../image-job/targets.ts'
import type { ImageSettings } from '../settings/image-settings.ts'
import type { Family } from '../settings/vocabulary.ts'

export interface RegistryWanted {
  readonly region: Planned<string>
  readonly login: PlannedLogin
}

export const untilAsked: Deferred = { kind: 'deferred', source: 'PLUGIN_REGISTRY', until: 'AWS is asked for the registry of these keys' }

/** What pushes nothing needs none, and who names a host or an account has said which. */
export function registryWanted(settings: ImageSettings, family: Family): RegistryWanted | undefined {
  const k = knobs(settings, family)
  if (family.variant !== 'ecr' || k.given('registry') || k.given('account')) return undefined
  const repo = k.plain('repo')
  if (repo?.kind !== 'known' || hasHost(repo.value) || modeOf(k) === 'build-only') return undefined
  return { region: k.plain('region') ?? known('us-east-1'), login: loginOf(k) }
}
