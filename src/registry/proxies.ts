/** Which proxy a request takes, by HTTP_PROXY, HTTPS_PROXY and NO_PROXY as Go programs read them. */
import { BlockList, isIP } from 'node:net'

export interface Proxies {
  readonly http?: string
  readonly https?: string
  /** Hosts that are reached directly: names with their subdomains, addresses, networks; `*` for all. Ports may follow. */
  readonly no?: string
}

/** Small letters come first, as everywhere. */
export function proxiesOf(env: Readonly<Record<string, string | undefined>>): Proxies {
  const find = (name: string) => env[name] || env[name.toUpperCase()] || undefined
  const [http, https, no] = [find('http_proxy'), find('https_proxy'), find('no_proxy')]
  return { ...(http !== undefined && { http }), ...(https !== undefined && { https }), ...(no !== undefined && { no }) }
}

/** Undefined: directly. This machine itself is never reached through a proxy. */
export function proxyFor(url: URL, proxies: Proxies): URL | undefined {
  const text = url.protocol === 'https:' ? proxies.https : proxies.http
  if (text === undefined) return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return undefined
  if ((proxies.no ?? '').split(',').some((rule) => isExempt(rule.trim().toLowerCase(), host, port))) return undefined
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  return URL.canParse(full) ? new URL(full) : undefined
}

function isExempt(rule: string, host: string, port: string): boolean {
  if (rule === '') return false
  if (rule === '*') return true
  if (rule.includes('/')) return isInNetwork(rule, host)
  const [, name = rule, onlyPort] = isIP(rule) === 6 ? [] : (/^\[?(.*?)\]?(?::(\d+))?$/.exec(rule) ?? [])
  if (onlyPort !== undefined && onlyPort !== port) return false
  if (isIP(name) > 0) return name === host
  // `.acme.com` means subdomains only, `acme.com` itself too.
  const suffix = name.replace(/^\*?\.?/, '.')
  return host.endsWith(suffix) || (!/^[.*]/.test(name) && host === name)
}

function isInNetwork(rule: string, host: string): boolean {
  const [network = '', bits = ''] = rule.split('/')
  const [family, own] = [isIP(network), isIP(host)]
  if (family === 0 || own !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(bits), type)
  return list.check(host, type)
}
