/** The store behind a place: a folder of this machine, or a bucket that the step's connector opens. One for each place, so that tokens are shared. */
import type { Clock } from '../../base/clock.ts'
import { problem } from '../../base/problem.ts'
import type { Connector } from '../../pipeline/connector.ts'
import type { CachePlace, OpenStepCache, StepCache } from '../../ports/step-cache.ts'
import { azureAccess } from '../registry-auth/azure/azure-access.ts'
import { azureWay } from '../registry-auth/azure/azure-way.ts'
import type { CloudWorld } from '../registry-auth/cloud/cloud-world.ts'
import { type CloudConnector, connectorFields } from '../registry-auth/cloud/connector-fields.ts'
import type { ReadSecret } from '../registry-auth/connector-auth.ts'
import { findConnector } from '../registry-auth/connector-scope.ts'
import { awsAccess } from '../registry-auth/ecr/aws-access.ts'
import { awsWay } from '../registry-auth/ecr/aws-way.ts'
import { googleAccess } from '../registry-auth/google/google-access.ts'
import { googleWay } from '../registry-auth/google/google-way.ts'
import { azureStore } from './azure/azure-store.ts'
import { folderCache } from './folder/folder-cache.ts'
import { gcsStore } from './gcs/gcs-store.ts'
import { objectCache } from './objects/object-cache.ts'
import type { ObjectStore } from './objects/object-store.ts'
import { s3Store } from './s3/s3-store.ts'

export interface StepCacheNeeds {
  /** Of saved files, and of those on their way. */
  readonly dir: string
  readonly clock: Clock
  readonly connectors: ReadonlyMap<string, Connector>
  readonly read: ReadSecret
  readonly world: CloudWorld
  /** What is larger goes to a store in parts. */
  readonly partBytes?: number
}

type Bucket<K extends CachePlace['kind']> = Extract<CachePlace, { kind: K }>

export function stepCaches(needs: StepCacheNeeds): OpenStepCache {
  const known = new Map<string, StepCache>()
  return (place) => {
    const key = JSON.stringify(place)
    const cache = known.get(key) ?? opened(place, needs)
    known.set(key, cache)
    return cache
  }
}

function opened(place: CachePlace, needs: StepCacheNeeds): StepCache {
  switch (place.kind) {
    case 'here':
      return folderCache(needs)
    case 's3':
      return objectCache(s3Of(place, needs), needs)
    case 'gcs':
      return objectCache(gcsOf(place, needs), needs)
    case 'azure':
      return objectCache(azureOf(place, needs), needs)
  }
}

function s3Of({ connector: ref, bucket, region, endpoint, pathStyle, acl }: Bucket<'s3'>, needs: StepCacheNeeds): ObjectStore {
  const fields = fieldsOf(ref, 'Aws', `s3://${bucket}`, needs)
  const access = once(() => awsAccess(awsWay({ ...fields, connector: fields, settings: {} }, needs.world), needs.world))
  return s3Store({
    access,
    world: needs.world,
    bucket,
    region: region ?? fields.text('region') ?? 'us-east-1',
    pathStyle,
    ...partsOf(needs),
    ...(endpoint !== undefined && { endpoint }),
    ...(acl !== undefined && { acl }),
  })
}

function gcsOf({ connector: ref, bucket }: Bucket<'gcs'>, needs: StepCacheNeeds): ObjectStore {
  const fields = fieldsOf(ref, 'Gcp', `gs://${bucket}`, needs)
  return gcsStore({
    bucket,
    world: needs.world,
    ...partsOf(needs),
    access: once(() => googleAccess(googleWay({ ...fields, connector: fields, settings: {} }, needs.world), needs.world)),
  })
}

function azureOf({ connector: ref, account, container }: Bucket<'azure'>, needs: StepCacheNeeds): ObjectStore {
  const fields = fieldsOf(ref, 'Azure', `${container} of ${account}`, needs)
  const access = once(() => azureAccess(azureWay({ ...fields, connector: fields, settings: {} }, needs.world), needs.world))
  return azureStore({ account, container, world: needs.world, access, ...partsOf(needs), government: fields.environment === 'AZURE_US_GOVERNMENT' })
}

function partsOf({ partBytes }: StepCacheNeeds): { readonly partBytes?: number } {
  return partBytes === undefined ? {} : { partBytes }
}

function fieldsOf(ref: string, wanted: CloudConnector['type'], store: string, { connectors, read }: StepCacheNeeds) {
  const found = findConnector(ref, connectors)
  const wrong = (reason: string) => problem('STEP_CACHE_CONNECTOR_WRONG', { connector: ref, store, wanted, reason }, { at: found?.at })
  if (found === undefined) throw wrong('is not defined')
  if (found.type !== wanted) throw wrong(`is of the type ${found.type}`)
  return connectorFields(found as CloudConnector, read)
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
