/** How registries are reached: TLS, plain HTTP, mirrors, proxies, retries. */
import { count, flag, hosts, list, onlyWith, pairs, semicolonPairs, text } from '../define.ts'
import { classic, everywhere, kaniko, on, ours } from '../env-name.ts'
import type { SettingTable } from '../row.ts'

export const transportSettings = {
  skipTlsVerify: flag({ env: on(['kaniko'], ['docker'])('PLUGIN_SKIP_TLS_VERIFY'), fallback: false, doc: 'Does not check certificates when pushing.' }),
  skipTlsVerifyPull: flag({ env: kaniko('PLUGIN_SKIP_TLS_VERIFY_PULL'), fallback: false, doc: 'Does not check certificates when pulling.' }),
  skipTlsVerifyRegistry: hosts({ env: kaniko('PLUGIN_SKIP_TLS_VERIFY_REGISTRY'), doc: 'Hosts whose certificates are not checked, or true for all.' }),
  insecure: flag({ env: everywhere('PLUGIN_INSECURE'), fallback: false, doc: 'Allows plain HTTP when pushing.' }),
  insecurePull: flag({ env: kaniko('PLUGIN_INSECURE_PULL'), fallback: false, doc: 'Allows plain HTTP when pulling.' }),
  insecureRegistry: list({ env: kaniko('PLUGIN_INSECURE_REGISTRY'), doc: 'Hosts that are spoken to in plain HTTP.' }),
  registryCertificate: pairs({ env: kaniko('PLUGIN_REGISTRY_CERTIFICATE'), doc: 'CA file of a host: HOST=FILE.' }),
  registryClientCert: semicolonPairs({ env: kaniko('PLUGIN_REGISTRY_CLIENT_CERT'), doc: 'Client certificate for a host: HOST=CERT,KEY.' }),
  registryMirrors: list({ env: kaniko('PLUGIN_REGISTRY_MIRRORS'), doc: 'Mirrors of Docker Hub, tried in order.' }),
  mirror: text({ env: classic('PLUGIN_MIRROR', 'DOCKER_PLUGIN_MIRROR'), doc: 'A mirror of Docker Hub.' }),
  registryMap: semicolonPairs({ env: ours('PLUGIN_REGISTRY_MAP'), doc: 'Registries to be taken from elsewhere: HOST=OTHER.' }),
  skipDefaultRegistryFallback: flag({ env: kaniko('PLUGIN_SKIP_DEFAULT_REGISTRY_FALLBACK'), fallback: false, doc: 'Fails when no mirror has the image.' }),
  imageDownloadRetry: count({ env: kaniko('PLUGIN_IMAGE_DOWNLOAD_RETRY'), fallback: 0, doc: 'How often a failed pull is tried again.' }),
  imageFsExtractRetry: count({
    env: kaniko('PLUGIN_IMAGE_FS_EXTRACT_RETRY'),
    fallback: 0,
    effect: onlyWith('kaniko', 'layers are unpacked from what is stored and checked'),
    doc: 'How often a failed unpacking is tried again.',
  }),
  caPath: text({ env: classic('HARNESS_CA_PATH'), doc: 'CA file trusted for registries.' }),
  httpProxy: text({ env: classic('http_proxy', 'HTTP_PROXY', 'HARNESS_HTTP_PROXY'), doc: 'Proxy for http.' }),
  httpsProxy: text({ env: classic('https_proxy', 'HTTPS_PROXY', 'HARNESS_HTTPS_PROXY'), doc: 'Proxy for https.' }),
  noProxy: text({ env: classic('no_proxy', 'NO_PROXY', 'HARNESS_NO_PROXY'), doc: 'Hosts reached without a proxy.' }),
} satisfies SettingTable
