/** What is delivered besides, or instead of, a push: archives, files, reports. */
import { count, flag, key, text } from '../define.ts'
import { buildxOnly, classic, everywhere, kaniko, kanikoArchive, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

export const outputSettings = {
  noPush: flag({ env: [...classic('PLUGIN_DRY_RUN'), ...everywhere('PLUGIN_NO_PUSH')], fallback: false, doc: 'Builds without pushing.' }),
  tarPath: text({
    env: [...kanikoArchive('PLUGIN_TAR_PATH', 'PLUGIN_DESTINATION_TAR_PATH'), ...buildxOnly('PLUGIN_TAR_PATH', 'PLUGIN_DESTINATION_TAR_PATH')],
    doc: 'Archive file to write.',
  }),
  outputFormat: text({ env: buildxOnly('PLUGIN_BUILDX_OUTPUT_FORMAT'), doc: 'Format of the archive: docker or oci.' }),
  load: flag({ env: buildxOnly('PLUGIN_BUILDX_LOAD'), fallback: false, doc: 'Keeps the image where later steps of the stage find it.' }),
  ociLayoutPath: text({ env: kaniko('PLUGIN_OCI_LAYOUT_PATH'), doc: 'Folder to write an OCI layout to.' }),
  digestFile: text({ env: ours('PLUGIN_DIGEST_FILE'), fallbacks: [{ tools: ['kaniko'], value: '/kaniko/digest-file' }], doc: 'File to write the digest to.' }),
  imageNameWithDigestFile: text({ env: kaniko('PLUGIN_IMAGE_NAME_WITH_DIGEST_FILE'), doc: 'File to write one name@digest line per destination to.' }),
  imageNameTagWithDigestFile: text({
    env: kaniko('PLUGIN_IMAGE_NAME_TAG_WITH_DIGEST_FILE'),
    doc: 'File to write one name:tag@digest line per destination to.',
  }),
  artifactFile: text({ env: everywhere('PLUGIN_ARTIFACT_FILE'), doc: 'File to write the list of pushed images to.' }),
  metadataFile: text({ env: buildxOnly('PLUGIN_METADATA_FILE'), doc: 'File to write the build metadata to.' }),
  cacheMetricsFile: text({ env: buildxOnly('PLUGIN_CACHE_METRICS_FILE'), doc: 'File to write how many layers came from the cache to.' }),
  cardPath: text({ env: classic('DRONE_CARD_PATH'), doc: 'File to write the image card to.' }),
  outputFile: text({ env: [...kaniko('DRONE_OUTPUT'), ...ours('DRONE_OUTPUT')], doc: 'File that takes the output variables of the step.' }),
  pushRetry: count({ env: kaniko('PLUGIN_PUSH_RETRY'), fallback: 0, doc: 'How often a failed push is tried again.' }),
  compression: text({ env: ours('PLUGIN_COMPRESSION'), fallback: 'gzip', doc: 'Compression of the layers: gzip or zstd.' }),
  compressionLevel: count({
    env: ours('PLUGIN_COMPRESSION_LEVEL'),
    doc: 'Compression level of layers packed by zstd; those packed by gzip have one form, so that digests are equal everywhere.',
  }),
  reproducible: flag({
    env: kaniko('PLUGIN_REPRODUCIBLE'),
    yaml: key('reproducible'),
    fallback: false,
    doc: 'Same input, same digest: no times of the build in the image.',
  }),
  sourceDateEpoch: count({ env: ours('SOURCE_DATE_EPOCH', 'PLUGIN_SOURCE_DATE_EPOCH'), doc: 'Time, in seconds, that a reproducible image carries.' }),
} satisfies SettingTable
