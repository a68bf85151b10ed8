/** `HOST:PORT` and `[::1]:PORT`, each perhaps with `=NAME`. */
import { problem } from '../base/problem.ts'

export interface ListenAddress {
  readonly host: string
  readonly port: number
  readonly name?: string
}

export function listenAddress(text: string): ListenAddress {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:=]+):(\d{1,5})(?:=([\w.-]+))?$/.exec(text)
  const [, host, port, name] = match ?? []
  if (host === undefined || Number(port) > 65_535) throw problem('LISTEN_BAD', { text })
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), ...(name !== undefined && { name }) }
}

export function isLoopback({ host }: ListenAddress): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
