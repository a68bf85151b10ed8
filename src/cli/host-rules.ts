/** Registry host rules: `--map` first, then the configuration's. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { problem } from '../base/problem.ts'
import { ownRegistryHost, ownRegistryName } from '../image-job/own-registry.ts'
import { type HostMapping, mappingOf } from '../registry/endpoint.ts'
import type { LoadedConfig } from './load-config.ts'
import type { World } from './world.ts'

interface OwnRegistry {
  /** Text of the pipeline: the own registry is served where it is asked for. */
  readonly text: string
}

export async function hostRules(
  maps: readonly string[],
  config: Pick<LoadedConfig, 'hosts'>,
  world: World,
  own: OwnRegistry = { text: '' },
): Promise<readonly HostMapping[]> {
  const mapped = maps.map((text): HostMapping => {
    const at = text.indexOf('=')
    if (at < 1 || at === text.length - 1) throw problem('CONFIG_BAD_MAP', { text })
    return { match: text.slice(0, at), endpoint: text.slice(at + 1) }
  })
  const rules = [...mapped, ...(await Promise.all(config.hosts.map((host) => configured(host, world))))]
  const asked = /registryRef/.test(own.text) || own.text.includes(ownRegistryHost)
  // Serving it costs a moment, and few pipelines want it.
  if (!asked || mappingOf(ownRegistryHost, rules) !== undefined) return rules
  return [{ match: ownRegistryHost, endpoint: `embedded:${ownRegistryName}` }, ...rules]
}

async function configured(host: LoadedConfig['hosts'][number], world: World): Promise<HostMapping> {
  const { match, endpoint, plainHttp, skipVerify, ca, clientCert, clientKey, mirrors, mirrorsOnly } = host
  if ((clientCert === undefined) !== (clientKey === undefined)) throw problem('CONFIG_HALF_CERTIFICATE', { match }, { at: host.at })
  // A certificate that is named for a host means TLS, on this machine as well.
  const secure = endpoint === undefined && !match.includes('*') && (ca !== undefined || clientCert !== undefined)
  return {
    match,
    ...(endpoint !== undefined && { endpoint }),
    ...(plainHttp !== undefined ? { plainHttp } : secure && { plainHttp: false }),
    ...(skipVerify !== undefined && { skipVerify }),
    ...(ca !== undefined && { ca: await readCertificates(resolve(world.cwd, ca)) }),
    ...(clientCert !== undefined && { clientCert: await readCertificates(resolve(world.cwd, clientCert)) }),
    ...(clientKey !== undefined && { clientKey: await readCertificates(resolve(world.cwd, clientKey)) }),
    ...(mirrors !== undefined && { mirrors }),
    ...(mirrorsOnly !== undefined && { mirrorsOnly }),
  }
}

async function readCertificates(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw problem('CONFIG_UNREADABLE', { file, reason: cause.message }, { cause })
  })
}
