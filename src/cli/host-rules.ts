/** Registry host rules: `--map` first, then the configuration's. */
import { problem } from '../base/problem.ts'
import type { HostRule } from '../registry/host-rule.ts'
import type { LoadedConfig } from './load-config.ts'

export function hostRules(maps: readonly string[], config: Pick<LoadedConfig, 'hosts'>): readonly HostRule[] {
  const mapped = maps.map((text): HostRule => {
    const at = text.indexOf('=')
    if (at < 1 || at === text.length - 1) throw problem('CONFIG_BAD_MAP', { text })
    return { match: text.slice(0, at), endpoint: text.slice(at + 1) }
  })
  const configured = config.hosts.map(
    ({ match, endpoint, plainHttp, skipVerify, ca }): HostRule => ({
      match,
      endpoint,
      ...(plainHttp !== undefined && { plainHttp }),
      ...(skipVerify !== undefined && { skipVerify }),
      ...(ca !== undefined && { ca }),
    }),
  )
  return [...mapped, ...configured]
}
