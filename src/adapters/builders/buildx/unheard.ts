/** What a request asks for and docker buildx has no option for. Pure. */
import { type Diagnostic, diagnose } from '../../../base/diagnostic.ts'
import type { BuildRequest } from '../../../ports/builder.ts'

export function unheard({ layers, dns = [], dnsSearch = [], localBases }: BuildRequest): readonly Diagnostic[] {
  const found = [
    ...(layers?.one === true ? [{ what: 'squash', because: 'BuildKit keeps one layer for each instruction' }] : []),
    ...((layers?.leaveOut ?? []).length > 0 ? [{ what: 'leaving paths out', because: 'BuildKit keeps all that a command makes' }] : []),
    ...(dns.length + dnsSearch.length > 0 ? [{ what: 'naming name servers', because: 'they are set in the configuration of the builder' }] : []),
  ]
  const notes = found.map((data) => diagnose('BUILDX_NO_EFFECT', data))
  const own = { what: 'taking bases of this machine', because: 'base images are fetched from their registries' }
  return localBases === true ? [...notes, diagnose('BUILDX_NO_EFFECT', own, { severity: 'info' })] : notes
}
