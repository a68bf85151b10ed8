/** /etc/resolv.conf and /etc/hosts as a RUN sees them; no layer ever does. */
import { readFileSync } from 'node:fs'
import type { BuildRequest } from '../../ports/builder.ts'

const hosts = [
  '127.0.0.1\tlocalhost buildkitsandbox',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
]

export function hostsFile(request: Pick<BuildRequest, 'addHosts'>): string {
  const more = (request.addHosts ?? []).map(({ name, address }) => `${address}\t${name}`)
  return `${[...hosts, ...more].join('\n')}\n`
}

export function resolvFile({ dns = [], dnsSearch = [] }: Pick<BuildRequest, 'dns' | 'dnsSearch'>): string {
  const search = dnsSearch.length === 0 ? '' : `search ${dnsSearch.join(' ')}\n`
  if (dns.length > 0) return `${dns.map((server) => `nameserver ${server}\n`).join('')}${search}`
  const own = machineFile()
  return search === '' ? own : `${own.replace(/^(?:search|domain)\b.*\n?/gm, '')}${search}`
}

function machineFile(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8')
  } catch {
    return ''
  }
}
