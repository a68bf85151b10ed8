/** A Save or Restore Cache step's settings to its work. */
import { diagnose } from '../base/diagnostic.ts'
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import { showText, type Text } from '../base/secret-text.ts'
import type { Dynamic } from '../dynamic/dynamic.ts'
import { type Resolving, resolve } from '../dynamic/resolve.ts'
import { resolveList } from '../dynamic/resolve-many.ts'
import type { StepOf } from '../pipeline/step.ts'
import type { restoreCacheSpecs, saveCacheSpecs } from '../pipeline/steps/cache-steps.ts'
import type { Variable } from '../pipeline/variables.ts'
import type { CacheWork, PlannedPlace, RestoreCacheWork, SaveCacheWork } from './cache-work.ts'

type SaveType = keyof typeof saveCacheSpecs
type RestoreType = keyof typeof restoreCacheSpecs
export type SaveStep = { [T in SaveType]: StepOf<T> }[SaveType]
export type RestoreStep = { [T in RestoreType]: StepOf<T> }[RestoreType]

export interface CacheSurroundings extends Resolving {
  /** Of the stage, then of the pipeline: the original's plugin reads some of its settings there. */
  readonly variables: readonly Variable[]
  /** Absolute paths that the pipeline names: files come back there too. */
  readonly outside: readonly string[]
  readonly connectorKnown: (id: string) => 'missing' | 'unknown' | 'known'
}

export interface PlannedCache<W extends CacheWork> {
  readonly work: W
  readonly does: string
}

const nothing = known('')

export function planSaveCache(step: SaveStep, s: CacheSurroundings): PlannedCache<SaveCacheWork> {
  const { spec } = step
  const place = placeOf(step, s)
  const key = resolve(spec.key, s) ?? nothing
  const work: SaveCacheWork = {
    kind: 'save-cache',
    place,
    key,
    owners: flag(spec.preserveMetadata, s),
    ofStage: false,
    paths: resolveList(spec.sourcePaths, s) ?? known([]),
    override: flag(spec.override, s),
    format: (spec.archiveFormat && resolve(spec.archiveFormat, s)) ?? known('Tar'),
  }
  return { work, does: `saves ${list(work.paths)} under ${shown(key)} ${placeName(place, 'in')}` }
}

export function planRestoreCache(step: RestoreStep, s: CacheSurroundings): PlannedCache<RestoreCacheWork> {
  const { spec } = step
  const place = placeOf(step, s)
  const key = resolve(spec.key, s) ?? nothing
  const work: RestoreCacheWork = {
    kind: 'restore-cache',
    place,
    key,
    owners: flag(spec.preserveMetadata, s),
    ofStage: false,
    match: variable('PLUGIN_STRICT_KEY_MATCHING', s) === 'false' ? 'prefix' : 'exact',
    failIfMissing: flag(spec.failIfKeyNotFound, s),
    outside: s.outside,
  }
  return { work, does: `restores what is saved under ${shown(key)} ${placeName(place, 'in')}` }
}

function placeOf(step: SaveStep | RestoreStep, s: CacheSurroundings): PlannedPlace {
  if ('bucket' in step.spec)
    return 'region' in step.spec || step.type.endsWith('S3') ? s3Of(step as StepOf<'SaveCacheS3'>, s) : gcsOf(step as StepOf<'SaveCacheGCS'>, s)
  if ('storageAccount' in step.spec) return azureOf(step as StepOf<'SaveCacheAzure'>, s)
  const provider = 'providerType' in step.spec && step.spec.providerType !== undefined ? resolve(step.spec.providerType, s) : undefined
  return provider?.kind === 'known' && provider.value !== 'Harness' ? { kind: 'here', insteadOf: provider.value } : { kind: 'here' }
}

function s3Of({ spec }: Pick<StepOf<'SaveCacheS3'>, 'spec'>, s: CacheSurroundings): PlannedPlace {
  const region = spec.region && resolve(spec.region, s)
  const endpoint = spec.endpoint && resolve(spec.endpoint, s)
  const acl = variable('PLUGIN_ACL', s)
  return {
    kind: 's3',
    connector: connectorOf(spec.connectorRef, s),
    bucket: resolve(spec.bucket, s) ?? nothing,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    pathStyle: spec.pathStyle === undefined ? known(variable('PLUGIN_PATH_STYLE', s) === 'true') : flag(spec.pathStyle, s),
    ...(acl !== undefined && { acl: known(acl) }),
  }
}

function gcsOf({ spec }: Pick<StepOf<'SaveCacheGCS'>, 'spec'>, s: CacheSurroundings): PlannedPlace {
  return { kind: 'gcs', connector: connectorOf(spec.connectorRef, s), bucket: resolve(spec.bucket, s) ?? nothing }
}

function azureOf({ spec }: Pick<StepOf<'SaveCacheAzure'>, 'spec'>, s: CacheSurroundings): PlannedPlace {
  return {
    kind: 'azure',
    connector: connectorOf(spec.connectorRef, s),
    account: resolve(spec.storageAccount, s) ?? nothing,
    container: resolve(spec.containerName, s) ?? nothing,
  }
}

function connectorOf(ref: Dynamic<Text>, s: CacheSurroundings): Planned<Text> {
  const connector = resolve(ref, s) ?? nothing
  if (connector.kind !== 'known' || typeof connector.value !== 'string') return connector
  const found = s.connectorKnown(connector.value)
  if (found !== 'known')
    s.report(diagnose('CONNECTOR_UNDEFINED', { connector: connector.value }, { at: ref.at, severity: found === 'missing' ? 'error' : 'warning' }))
  return connector
}

export function flag(dynamic: Dynamic<boolean> | undefined, o: Resolving): Planned<boolean> {
  return (dynamic && resolve(dynamic, o)) ?? known(false)
}

function variable(name: string, s: CacheSurroundings): string | undefined {
  const found = s.variables.find((one) => one.name === name)
  const dynamic: Dynamic<Text> | undefined = found?.value ?? found?.default ?? undefined
  const planned = dynamic === undefined ? undefined : resolve(dynamic, s)
  return planned?.kind === 'known' && typeof planned.value === 'string' ? planned.value : undefined
}

export function placeName(place: PlannedPlace, preposition: string): string {
  switch (place.kind) {
    case 'here':
      return 'on this machine'
    case 's3':
      return `${preposition} s3://${shown(place.bucket)}`
    case 'gcs':
      return `${preposition} gs://${shown(place.bucket)}`
    case 'azure':
      return `${preposition} ${shown(place.container)} of ${shown(place.account)}`
  }
}

function shown(planned: Planned<Text>): string {
  return planned.kind === 'known' ? showText(planned.value) : planned.source
}

function list(paths: SaveCacheWork['paths']): string {
  return paths === 'of tools' ? 'the folders of known tools' : shown(mapPlanned(paths, (all) => all.map(showText).join(', ')))
}
