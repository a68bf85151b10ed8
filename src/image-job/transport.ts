/** How the registries of a job are reached. */
import { known, mapPlanned, type Planned } from '../base/planned.ts'
import type { Pair } from '../settings/setting.ts'
import type { Knobs } from './knobs.ts'
import { joinPlanned } from './planned-list.ts'

export interface Transport {
  /** Hosts whose certificates are not checked; `*` is every host. */
  readonly skipVerify: { readonly push: boolean; readonly pull: boolean; readonly hosts: Planned<readonly string[]> }
  readonly plainHttp: { readonly push: boolean; readonly pull: boolean; readonly hosts: Planned<readonly string[]> }
  readonly certificates: Planned<readonly Pair[]>
  /** `HOST=CERT,KEY`. */
  readonly clientCertificates: Planned<readonly Pair[]>
  readonly mirrors: Planned<readonly string[]>
  readonly mirrorsOnly: boolean
  readonly map: Planned<readonly Pair[]>
  readonly caFile?: Planned<string>
  readonly pullRetries: number
  readonly unpackRetries: number
}

const none = known([])

export function transportOf(k: Knobs): Transport {
  const ca = k.plain('caPath')
  const mirror = k.plain('mirror')
  const mirrors = joinPlanned([k.texts('registryMirrors'), ...(mirror === undefined ? [] : [mapPlanned(mirror, (m) => [m])])])
  return {
    skipVerify: { push: k.on('skipTlsVerify'), pull: k.on('skipTlsVerifyPull'), hosts: k.texts('skipTlsVerifyRegistry') },
    plainHttp: { push: k.on('insecure'), pull: k.on('insecurePull'), hosts: k.texts('insecureRegistry') },
    certificates: k.get('registryCertificate') ?? none,
    clientCertificates: k.get('registryClientCert') ?? none,
    mirrors,
    mirrorsOnly: k.on('skipDefaultRegistryFallback'),
    map: k.get('registryMap') ?? none,
    ...(ca !== undefined && { caFile: ca }),
    pullRetries: k.number('imageDownloadRetry') ?? 0,
    unpackRetries: k.number('imageFsExtractRetry') ?? 0,
  }
}
