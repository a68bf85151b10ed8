/** Where layers are kept between builds, and the credentials of those places. */
import { count, flag, key, onlyWith, specs, text } from '../define.ts'
import { buildxOnly, classic, kaniko, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

const selfHosted = (part: string) => buildxOnly(`PLUGIN_HARNESS_SELF_HOSTED_${part}`)

export const cacheSettings = {
  caching: flag({ env: ours('PLUGIN_CACHING'), yaml: key('caching'), fallback: false, doc: 'Keeps the layers for the next build.' }),
  enableCache: flag({ env: kaniko('PLUGIN_ENABLE_CACHE'), fallback: false, doc: 'Keeps the layers in a registry.' }),
  cacheRepo: text({ env: kaniko('PLUGIN_CACHE_REPO'), yaml: key('remoteCacheRepo', 'remoteCacheImage'), doc: 'Repository that keeps the layers.' }),
  cacheTtl: count({
    env: kaniko('PLUGIN_CACHE_TTL'),
    fallbacks: [{ tools: ['kaniko'], value: 336 }],
    doc: 'Hours after which what a command made is made again.',
  }),
  cacheDir: text({ env: kaniko('PLUGIN_CACHE_DIR'), deadIn: ['kaniko'], doc: 'Folder that keeps the layers.' }),
  cacheCopyLayers: flag({ env: kaniko('PLUGIN_CACHE_COPY_LAYERS'), fallbacks: [{ tools: ['kaniko'], value: false }], doc: 'Keeps the layers of COPY too.' }),
  cacheRunLayers: flag({ env: kaniko('PLUGIN_CACHE_RUN_LAYERS'), fallback: true, doc: 'Keeps the layers of RUN.' }),
  compressedCaching: flag({
    env: kaniko('PLUGIN_COMPRESSED_CACHING'),
    effect: onlyWith('kaniko', 'a cache holds the layers of the image, compressed as the image has them'),
    doc: 'Compresses kept layers.',
  }),
  noPushCache: flag({ env: ours('PLUGIN_NO_PUSH_CACHE'), fallback: false, doc: 'Reads the cache and writes nothing to it.' }),
  cacheFrom: specs({
    env: on(['buildx', 'docker'])('PLUGIN_CACHE_FROM'),
    yaml: key('cacheFrom'),
    doc: 'Places to take layers from: images or type=…,key=value specs.',
  }),
  cacheTo: specs({ env: buildxOnly('PLUGIN_CACHE_TO'), yaml: key('cacheTo'), doc: 'Places to keep layers in.' }),
  noCache: flag({ env: classic('PLUGIN_NO_CACHE'), fallback: false, doc: 'Builds everything anew.' }),
  pullImage: flag({
    env: classic('PLUGIN_PULL_IMAGE'),
    fallback: true,
    unless: { kaniko: 'kaniko always asks' },
    doc: 'Asks the registry for a newer base image.',
  }),
  pathStyle: flag({ env: buildxOnly('PLUGIN_PATH_STYLE', 'AWS_PLUGIN_PATH_STYLE'), fallback: false, doc: 'S3 cache: the bucket is part of the path.' }),
  cacheTlsInsecure: flag({ env: buildxOnly('PLUGIN_CACHE_TLS_INSECURE'), fallback: false, doc: 'S3 cache: certificates are not checked.' }),
  cacheS3AccessKey: text({ env: selfHosted('S3_ACCESS_KEY'), secret: true, doc: 'S3 cache: access key.' }),
  cacheS3SecretKey: text({ env: selfHosted('S3_SECRET_KEY'), secret: true, doc: 'S3 cache: secret key.' }),
  cacheGcpJsonKey: text({ env: selfHosted('GCP_JSON_KEY'), secret: true, doc: 'Google Cloud Storage cache: service account key, base64.' }),
  cacheAzureAccountKey: text({ env: selfHosted('AZURE_ACCOUNT_KEY'), secret: true, doc: 'Azure cache: account key.' }),
  cacheAzureTenantId: text({ env: selfHosted('AZURE_TENANT_ID'), doc: 'Azure cache: tenant.' }),
  cacheAzureClientId: text({ env: selfHosted('AZURE_CLIENT_ID'), doc: 'Azure cache: client.' }),
  cacheAzureClientSecret: text({ env: selfHosted('AZURE_CLIENT_SECRET'), secret: true, doc: 'Azure cache: client secret.' }),
  cacheAzureOidcToken: text({ env: selfHosted('AZURE_OIDC_TOKEN'), secret: true, doc: 'Azure cache: identity token.' }),
} satisfies SettingTable
