/** Step type to work. */
import { diagnose } from '../base/diagnostic.ts'
import { showText } from '../base/secret-text.ts'
import { unreachable } from '../base/unreachable.ts'
import type { Resolving } from '../dynamic/resolve.ts'
import type { BuiltImage } from '../image-job/push-source.ts'
import type { CodebaseFacts } from '../pipeline/codebase-facts.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { StepType } from '../settings/vocabulary.ts'
import { type CacheSurroundings, planRestoreCache, planSaveCache, type RestoreStep, type SaveStep } from '../steps/plan-cache-work.ts'
import { type ImageSurroundings, planImageWork } from '../steps/plan-image-work.ts'
import { planPluginDirectly } from '../steps/plan-plugin-directly.ts'
import { planPluginWork } from '../steps/plan-plugin-work.ts'
import { planRunWork } from '../steps/plan-run-work.ts'
import { planScanWork } from '../steps/plan-scan-work.ts'
import { planServiceWork } from '../steps/plan-service-work.ts'
import type { Work } from '../steps/work.ts'
import { cachePaths } from './cache-paths.ts'
import { codebaseKnown } from './codebase-known.ts'
import { connectorFact } from './connector-fact.ts'
import { planCodebase, planGitClone } from './plan-clone.ts'
import { planInfrastructure } from './plan-infrastructure.ts'
import type { StepSite } from './site.ts'
import { impliedCacheWork } from './stage-caching.ts'

export interface PlannedWork {
  readonly work: Work
  readonly does: string
}

export function planWork(site: StepSite, images: () => readonly BuiltImage[], o: Resolving): PlannedWork {
  const { step } = site
  const implied = impliedCacheWork(site, o)
  if (implied !== undefined) return implied
  switch (step.type) {
    case 'Run':
      return knownConnector(planRunWork(step.spec, o), site, o)
    case 'Plugin':
      return knownConnector(
        planPluginWork(step.spec, o, (image, env) => planPluginDirectly(step, image, env, surroundings(site, images, o))),
        site,
        o,
      )
    case 'Background':
      return knownConnector(planServiceWork(step, o), site, o)
    case 'GitClone':
      return site.codebaseStep === true ? planCodebase(site, o) : planGitClone(step, site.facts, o)
    case 'BuildAndPushDockerRegistry':
    case 'BuildAndPushECR':
    case 'BuildAndPushGAR':
    case 'BuildAndPushGCR':
    case 'BuildAndPushACR':
      return planImageWork(step as StepOf<StepType>, surroundings(site, images, o))
    case 'SaveCache':
    case 'SaveCacheS3':
    case 'SaveCacheGCS':
    case 'SaveCacheAzure':
      return planSaveCache(step as SaveStep, cacheSurroundings(site, o))
    case 'RestoreCache':
    case 'RestoreCacheS3':
    case 'RestoreCacheGCS':
    case 'RestoreCacheAzure':
      return planRestoreCache(step as RestoreStep, cacheSurroundings(site, o))
    case 'AquaTrivy':
      return planScanWork(step, {
        ...o,
        connectorKnown: (id) => {
          const found = connectorFact(id, site.facts)
          return typeof found === 'string' ? found : 'known'
        },
      })
    default:
      return unreachable(step)
  }
}

function cacheSurroundings(site: StepSite, o: Resolving): CacheSurroundings {
  const { stage, pipeline, facts } = site
  return {
    ...o,
    variables: [...(stage.variables ?? []), ...(pipeline.variables ?? [])],
    outside: cachePaths(site, o),
    connectorKnown: (id) => {
      const found = connectorFact(id, facts)
      return typeof found === 'string' ? found : 'known'
    },
  }
}

/** An image would be pulled without credentials otherwise, and the registry's answer would be all there is to go by. */
function knownConnector(planned: PlannedWork, { step, facts }: StepSite, o: Resolving): PlannedWork {
  const { work } = planned
  const connector = work.kind === 'run' || work.kind === 'service' ? work.image?.connector : undefined
  const found = connector?.kind === 'known' && typeof connector.value === 'string' ? connectorFact(connector.value, facts) : undefined
  if (connector?.kind === 'known' && (found === 'missing' || found === 'unknown')) {
    const written = 'connectorRef' in step.spec ? step.spec.connectorRef : undefined
    const severity = found === 'missing' ? 'error' : 'warning'
    o.report(diagnose('CONNECTOR_UNDEFINED', { connector: showText(connector.value) }, { at: written?.at ?? step.at, severity }))
  }
  return planned
}

function surroundings(site: StepSite, images: () => readonly BuiltImage[], o: Resolving): ImageSurroundings {
  const { stage, pipeline, facts } = site
  const { declared, os, on } = planInfrastructure(stage, site, () => undefined)
  const known = codebaseKnown(site)
  const codebase = known === 'later' ? undefined : known
  return {
    ...o,
    variables: { stage: stage.variables ?? [], pipeline: pipeline.variables ?? [] },
    // The tool is the one that the documents would choose, so it follows the declared infrastructure, wherever the stage runs.
    kubernetes: declared === 'KubernetesDirect',
    os,
    flags: facts.flags,
    ...(facts.engine !== undefined && { engine: facts.engine }),
    place: { on, runs: facts.connectorsNeeded === true, ...(facts.kanikoImage !== undefined && { image: facts.kanikoImage }) },
    git: {
      ...(codebase?.commitSha !== undefined && { commitSha: codebase.commitSha }),
      ...(codebase?.repoUrl !== undefined && { remoteUrl: codebase.repoUrl }),
      ...commitRefOf(codebase),
    },
    images,
    foundRegistry: site.knowledge.foundRegistry,
    ...(site.knowledge.files !== undefined && { files: site.knowledge.files }),
    connector: (id) => connectorFact(id, facts),
  }
}

function commitRefOf(codebase: CodebaseFacts | undefined): { readonly commitRef?: string } {
  if (codebase?.commitRef !== undefined) return { commitRef: codebase.commitRef }
  if (codebase?.branch === undefined) return {}
  return { commitRef: codebase.tag === undefined ? `refs/heads/${codebase.branch}` : `refs/tags/${codebase.tag}` }
}
