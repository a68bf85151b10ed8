/** Says once per step which container settings do nothing where the step runs. */
import { diagnose } from '../base/diagnostic.ts'
import type { Step } from '../pipeline/step.ts'
import type { Work } from '../steps/work.ts'
import type { Report } from '../yaml/shape/shape.ts'
import { planInfrastructure } from './plan-infrastructure.ts'
import type { StepSite } from './site.ts'

const containerKeys = ['resources', 'runAsUser', 'privileged', 'imagePullPolicy'] as const

export function noteContainerSettings(site: StepSite, work: Work, report: Report): void {
  const { on } = planInfrastructure(site.stage, site, () => undefined)
  // Images are made by this process, wherever other steps run; but for those that kaniko makes.
  if ((on === 'kubernetes' || on === 'docker') && !isImageStep(site.step)) return
  if (on === 'kubernetes' && work.kind === 'image' && work.executor !== undefined) return
  const keys = on === 'local' && 'image' in site.step.spec ? (['resources'] as const) : containerKeys
  const given = keys.filter((key) => has(site.step, key))
  if (given.length > 0) report(diagnose('PLAN_SETTING_WITHOUT_EFFECT', { settings: given.join(', '), infra: on }, { at: site.step.at }))
}

function isImageStep({ spec }: Step): boolean {
  return 'kind' in spec && spec.kind === 'image-spec'
}

function has(step: Step, key: (typeof containerKeys)[number]): boolean {
  const { spec } = step
  if ('kind' in spec && spec.kind === 'image-spec') return spec.fields.has(key)
  return key in spec
}
