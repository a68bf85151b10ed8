/** Flags about what RUN sees around it: hosts, network, memory; and those that promise what nothing here can keep. */
import { isIP } from 'node:net'
import { problem } from '../../base/problem.ts'
import type { BuildRequest } from '../../ports/builder.ts'
import type { BuildOptions } from './options.ts'

export function surroundings(o: BuildOptions): Pick<BuildRequest, 'network' | 'addHosts' | 'shmBytes'> {
  refuse(o)
  const shm = o.shmSize === undefined ? undefined : bytesOf(o.shmSize)
  return {
    ...(o.network !== undefined && { network: networkOf(o.network) }),
    ...(o.addHost.length > 0 && { addHosts: o.addHost.map(hostOf) }),
    ...(shm !== undefined && { shmBytes: shm }),
  }
}

function refuse(o: BuildOptions): void {
  if (o.ulimit.length > 0)
    throw problem('BUILD_FLAG_REFUSED', {
      flag: '--ulimit',
      reason: 'commands have the limits of the builder',
      hint: 'set them before: ulimit -n 4096; slipway build ...',
    })
  if (o.cgroupParent !== undefined)
    throw problem('BUILD_FLAG_REFUSED', {
      flag: '--cgroup-parent',
      reason: 'commands run in the group of the builder',
      hint: 'start slipway in that group: systemd-run --scope -p ...',
    })
  for (const [flag, value] of [
    ['--provenance', o.provenance],
    ['--sbom', o.sbom],
  ] as const) {
    if (value === undefined || value === 'false') continue
    throw problem('BUILD_FLAG_REFUSED', { flag, reason: 'attestations are not made yet', hint: `leave it out, or say ${flag}=false` })
  }
}

function networkOf(mode: string): 'host' | 'none' {
  if (mode === 'none') return 'none'
  if (mode === 'host' || mode === 'default') return 'host'
  throw problem('BUILD_FLAG_INVALID', { flag: '--network', text: mode, reason: 'it is none of default, host, none' })
}

/** `NAME:ADDRESS` or `NAME=ADDRESS`; IPv6 with or without brackets. RUN shares the machine's network, so the gateway to the host is the machine itself. */
export function hostOf(text: string): { readonly name: string; readonly address: string } {
  const [, name = '', given = ''] = /^([^:=]+)[:=](.*)$/.exec(text) ?? []
  const address = given === 'host-gateway' ? '127.0.0.1' : given.replace(/^\[(.*)\]$/, '$1')
  if (name !== '' && isIP(address) !== 0) return { name, address }
  throw problem('BUILD_FLAG_INVALID', { flag: '--add-host', text, reason: 'it is no NAME:ADDRESS' })
}

const units: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

function bytesOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmg]?)(?:i?b)?$/i.exec(text) ?? []
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? 0))
  if (number === '' || bytes <= 0) throw problem('BUILD_FLAG_INVALID', { flag: '--shm-size', text, reason: 'it is no size such as 64m or 1g' })
  return bytes
}
