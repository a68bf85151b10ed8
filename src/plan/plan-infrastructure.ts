/** Where a stage runs: what the pipeline declares, unless `--on` says otherwise. */

import { diagnose } from '../base/diagnostic.ts'
import { stagesOfPipeline } from '../pipeline/check-ids.ts'
import type { Infrastructure, Runtime } from '../pipeline/infrastructure.ts'
import type { Stage } from '../pipeline/stage.ts'
import type { Report } from '../yaml/shape/shape.ts'
import type { InfraPlan } from './plan.ts'
import { planKubernetes } from './plan-kubernetes.ts'
import type { Site } from './site.ts'

type Declared = InfraPlan['declared']

const runsOn: Readonly<Record<Declared, InfraPlan['on']>> = { Cloud: 'local', VM: 'local', none: 'local', Docker: 'docker', KubernetesDirect: 'kubernetes' }

export function planInfrastructure(stage: Stage, site: Site, report: Report): InfraPlan {
  const source = sourceStage(stage, site, report)
  const { infrastructure, platform, runtime } = source.spec
  const declared = declaredBy(infrastructure, runtime)
  const inside = infrastructure !== undefined && 'type' in infrastructure ? insideOf(infrastructure) : {}
  const on = site.facts.on ?? runsOn[declared]
  const spec = infrastructure !== undefined && 'type' in infrastructure && infrastructure.type === 'KubernetesDirect' ? infrastructure.spec : undefined
  return {
    on,
    declared,
    os: inside.os ?? platform?.os ?? 'Linux',
    arch: inside.arch ?? platform?.arch ?? 'Amd64',
    ...(on === 'kubernetes' && { kubernetes: planKubernetes(spec, stage, site, report) }),
  }
}

function declaredBy(infrastructure: Stage['spec']['infrastructure'], runtime: Runtime | undefined): Declared {
  if (infrastructure !== undefined && 'type' in infrastructure && infrastructure.type !== 'UseFromStage') return infrastructure.type
  return runtime?.type ?? 'none'
}

function insideOf(infrastructure: Infrastructure): { readonly os?: string; readonly arch?: string } {
  if (infrastructure.type === 'KubernetesDirect') return { ...(infrastructure.spec.os !== undefined && { os: infrastructure.spec.os }) }
  if (infrastructure.type !== 'VM') return {}
  const { platform, spec } = infrastructure.spec
  return platform ?? (spec?.os === undefined ? {} : { os: spec.os })
}

/** Follows `useFromStage` to a stage that stands before this one. */
function sourceStage(stage: Stage, site: Site, report: Report): Stage {
  const { infrastructure } = stage.spec
  if (infrastructure === undefined || !('useFromStage' in infrastructure)) return stage
  const stages = stagesOfPipeline(site.pipeline)
  const earlier = stages.slice(0, stages.indexOf(stage))
  const source = earlier.find((other) => other.identifier === infrastructure.useFromStage)
  if (source !== undefined) return sourceStage(source, site, report)
  const known = earlier.map((other) => other.identifier).join(', ') || 'none'
  report(diagnose('PLAN_USE_FROM_UNKNOWN', { stage: infrastructure.useFromStage, known }, { at: infrastructure.at }))
  return stage
}
