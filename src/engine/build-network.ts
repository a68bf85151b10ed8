/** What a job's settings say about hosts, name servers and proxies, as builders take it. */
import { problem } from '../base/problem.ts'
import type { BuildSource } from '../image-job/build-source.ts'
import type { BuildRequest } from '../ports/builder.ts'
import type { ImageWork } from '../steps/image-work.ts'
import type { WorkAt } from './do-work.ts'
import { nowKnown, revealText } from './reveal.ts'

type Surroundings = Pick<BuildRequest, 'network' | 'addHosts' | 'dns' | 'dnsSearch'>

export function buildNetwork({ network }: BuildSource, { step, work }: WorkAt<ImageWork>): Surroundings {
  const dns = nowKnown(network.dns)
  const search = nowKnown(network.dnsSearch)
  const hosts = nowKnown(network.addHost).map((text) => {
    const [, name = '', address = ''] = /^([^:=]+)[:=](.+)$/.exec(text) ?? []
    if (name === '') throw problem('BUILD_HOST_INVALID', { text }, { at: step.at })
    return { name, address: address === 'host-gateway' && work.engine.name !== 'buildx' ? '127.0.0.1' : address.replace(/^\[(.*)\]$/, '$1') }
  })
  return {
    ...(network.mode === 'none' && { network: 'none' as const }),
    // Every other one is that of this machine, unless a daemon has networks of its own.
    ...(network.mode !== undefined && network.mode !== 'none' && (network.mode === 'host' || work.engine.name !== 'buildx') && { network: 'host' as const }),
    ...(hosts.length > 0 && { addHosts: hosts }),
    ...(dns.length > 0 && { dns }),
    ...(search.length > 0 && { dnsSearch: search }),
  }
}

/** Known to every RUN, and part of no cache key; an argument of the same name goes before. */
export async function proxyArgs({ network: { proxy } }: BuildSource, { context }: WorkAt<ImageWork>): Promise<readonly (readonly [string, string])[]> {
  const given = [
    ['HTTP_PROXY', proxy.http],
    ['HTTPS_PROXY', proxy.https],
    ['NO_PROXY', proxy.no],
  ] as const
  const args: (readonly [string, string])[] = []
  for (const [name, value] of given) {
    if (value === undefined) continue
    const text = await revealText(nowKnown(value), context)
    args.push([name, text], [name.toLowerCase(), text])
  }
  return args
}
