/** The `spec` of the steps that save files for later runs, and get them back. */
import { dynChoice, dynFlag, dynList, dynText } from '../../dynamic/shapes.ts'
import { optional, required } from '../../yaml/shape/field.ts'
import { record } from '../../yaml/shape/record.ts'
import { containerFields } from '../container.ts'

const needed = dynText({ nonEmpty: true })
const key = required(dynText({ nonEmpty: true, doc: 'Name of the saved files; expressions such as a checksum make it precise.' }))
const sourcePaths = required(dynList({ nonEmpty: true, doc: 'Files and folders to save.' }))
const override = optional(dynFlag({ doc: 'Whether files saved under the key before are replaced.' }))
const failIfKeyNotFound = optional(dynFlag({ doc: 'Whether the step fails when nothing was saved under the key.' }))
const preserveMetadata = optional(dynFlag({ doc: 'Whether owners and times are kept.' }))

const common = { key, preserveMetadata, ...containerFields }

const s3 = {
  ...common,
  bucket: required(needed),
  connectorRef: required(needed),
  region: optional(dynText()),
  endpoint: optional(dynText()),
  pathStyle: optional(dynFlag()),
  archiveFormat: optional(dynChoice(['Tar', 'Gzip', 'Zstd'])),
}

const gcs = { ...common, bucket: required(needed), connectorRef: required(needed), archiveFormat: optional(dynChoice(['Tar', 'Gzip', 'Zstd'])) }

const azure = {
  ...common,
  storageAccount: required(needed),
  containerName: required(needed),
  connectorRef: required(needed),
  archiveFormat: optional(dynChoice(['Tar', 'Gzip', 'Zstd'])),
}

const harness = { ...common, archiveFormat: optional(dynChoice(['Tar', 'Gzip', 'Zstd'])) }
const provider = dynChoice(['Gcs', 'S3', 'Harness', 'Azure'])

export const saveCacheSpecs = {
  SaveCacheS3: record({ ...s3, sourcePaths, override }, { name: 'SaveCacheS3Spec' }),
  SaveCacheGCS: record({ ...gcs, sourcePaths, override }, { name: 'SaveCacheGCSSpec' }),
  SaveCacheAzure: record({ ...azure, sourcePaths, override }, { name: 'SaveCacheAzureSpec' }),
  SaveCache: record({ ...harness, providerType: optional(provider), sourcePaths, override }, { name: 'SaveCacheSpec' }),
}

export const restoreCacheSpecs = {
  RestoreCacheS3: record({ ...s3, failIfKeyNotFound }, { name: 'RestoreCacheS3Spec' }),
  RestoreCacheGCS: record({ ...gcs, failIfKeyNotFound }, { name: 'RestoreCacheGCSSpec' }),
  RestoreCacheAzure: record({ ...azure, failIfKeyNotFound }, { name: 'RestoreCacheAzureSpec' }),
  RestoreCache: record({ ...harness, providerType: optional(provider), failIfKeyNotFound }, { name: 'RestoreCacheSpec' }),
}
