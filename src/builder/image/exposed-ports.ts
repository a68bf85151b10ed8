/** EXPOSE words to the ports they stand for: `80`, `53/udp`, `8000-8002`; host parts before ":" are dropped. */
export type Ports = { readonly ok: true; readonly ports: readonly string[] } | { readonly ok: false; readonly reason: string }

export function exposedPorts(text: string): Ports {
  const container = text.slice(text.lastIndexOf(':') + 1)
  const slash = container.indexOf('/')
  const range = slash < 0 ? container : container.slice(0, slash)
  const protocol = slash < 0 ? 'tcp' : container.slice(slash + 1).toLowerCase() || 'tcp'
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return { ok: false, reason: `the protocol ${protocol} is not tcp, udp or sctp` }
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range)
  if (match === null) return { ok: false, reason: 'it is neither a number nor a range' }
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  if (last > 65535 || first > 65535) return { ok: false, reason: 'ports end at 65535' }
  if (last < first) return { ok: false, reason: 'the range ends before it begins' }
  return { ok: true, ports: Array.from({ length: last - first + 1 }, (_, i) => `${first + i}/${protocol}`) }
}
